import type { Finding } from '@rackwarden/core'
import { targetOf, timeText } from './addresses.ts'
import type { FindingContext } from './finding-context.ts'
import { jobFacts, type JobFacts } from './job-facts.ts'
import { failuresLeft } from './task-facts.ts'

const daySeconds = 86_400

/** Finds jobs whose last run failed, and tasks of the last day that failed and were not done since. */
export async function jobFindings({ client, instance, signal, now }: FindingContext): Promise<Finding[]> {
  const [jobs, tasks] = await Promise.all([
    jobFacts(client, signal),
    client.tasks({ since: Math.floor(now / 1_000) - daySeconds, limit: 0 }, signal),
  ])
  const failing = jobs.filter(({ last }) => last === 'failed')
  const told = new Set(failing.map(({ task }) => task))
  return [
    ...failing.map((job) => ofJob(job, instance)),
    ...failuresLeft(tasks)
      .filter(({ task }) => !told.has(task.upid))
      .map(({ task, times }): Finding => {
        const on = task.worker_id ?? undefined
        const target = targetOf(instance, 'task', `${task.worker_type}${on === undefined ? '' : `/${on}`}`)
        return {
          id: `${target}#failed`,
          severity: 'warning',
          // A backup that failed, or found corruption, is data at risk.
          stake: /^(?:backup|verif|sync)/.test(task.worker_type) ? 'data' : 'function',
          target,
          title: `${task.worker_type}${on === undefined ? '' : ` of ${on}`} failed${times > 1 ? ` ${times} times` : ''}`,
          evidence: task.status ?? 'it ended without a word',
          since: timeText(task.starttime),
          next: { tool: 'get_task', input: { task: task.upid } },
        }
      }),
  ]
}

function ofJob({ kind, id, on, error, lastEnd, task }: JobFacts, instance: string): Finding {
  const target = targetOf(instance, `${kind}-job`, id)
  return {
    id: `${target}#failed`,
    severity: 'warning',
    stake: kind === 'prune' ? 'function' : 'data',
    target,
    title: `The last run of ${kind} job ${id} failed`,
    evidence: `${on}: ${error ?? 'failed'}`,
    ...(lastEnd === undefined ? {} : { since: timeText(lastEnd) }),
    next: task === undefined ? { tool: 'list_jobs', input: { kind } } : { tool: 'get_task', input: { task } },
  }
}
