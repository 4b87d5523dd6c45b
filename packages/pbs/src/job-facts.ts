import type { PbsClient } from './client.ts'
import type { Job } from './backup-schema.ts'
import { addressOf } from './addresses.ts'
import { endOf } from './tasks.ts'

/** Kinds of jobs there are. */
export const jobKinds = ['sync', 'verify', 'prune'] as const

/** A scheduled job, and how it stands. */
export interface JobFacts {
  kind: (typeof jobKinds)[number]
  id: string
  /** Datastore and namespace it works on. */
  on: string
  /** What else is to be known of it. */
  what: string
  schedule: string | undefined
  lastEnd: number | undefined
  /** How its last run ended; undefined where it never ran, or runs now. */
  last: 'ok' | 'warnings' | 'failed' | undefined
  error: string | undefined
  task: string | undefined
  next: number | undefined
}

/** Every job its token sees. */
export async function jobFacts(client: PbsClient, signal: AbortSignal): Promise<JobFacts[]> {
  const [syncs, verifies, prunes] = await Promise.all([client.syncJobs(signal), client.verifyJobs(signal), client.pruneJobs(signal)])
  return [
    ...syncs.map((job) => {
      const isPush = job['sync-direction'] === 'push'
      const there = `${job.remote ?? 'this server'}/${addressOf({ store: job['remote-store'], namespace: job['remote-ns'] ?? '' })}`
      return factsOf(
        'sync',
        job,
        `${isPush ? 'to' : 'from'} ${there}${job['remove-vanished'] === true ? ', deletes what vanished there' : ''}`,
      )
    }),
    ...verifies.map((job) => factsOf('verify', job, '')),
    ...prunes.map((job) => factsOf('prune', job, keepText(job))),
  ]
}

function factsOf(kind: JobFacts['kind'], job: Job, what: string): JobFacts {
  const state = job['last-run-state'] ?? undefined
  const { warnings, error } = state === undefined ? { warnings: 0 } : endOf(state)
  return {
    kind,
    id: job.id,
    on: addressOf({ store: job.store, namespace: job.ns ?? '' }),
    what: [what, job.disable === true ? 'disabled' : '', job.comment ?? ''].filter((part) => part !== '').join(', '),
    schedule: job.schedule ?? undefined,
    lastEnd: job['last-run-endtime'] ?? undefined,
    last: state === undefined ? undefined : error !== undefined ? 'failed' : warnings > 0 ? 'warnings' : 'ok',
    error,
    task: job['last-run-upid'] ?? undefined,
    next: job['next-run'] ?? undefined,
  }
}

/** What is kept, in the words of the tool that prunes: `keep_last=3 keep_daily=7`. */
export function keepText(job: Readonly<Record<string, unknown>>): string {
  return Object.entries(job)
    .filter(([key, value]) => key.startsWith('keep-') && typeof value === 'number')
    .map(([key, value]) => `${key.replace('-', '_')}=${String(value)}`)
    .join(' ')
}
