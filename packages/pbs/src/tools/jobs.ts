import { z } from 'zod'
import { timeText } from '../addresses.ts'
import { jobFacts, jobKinds } from '../job-facts.ts'
import { defineTool } from './define-tool.ts'

/** Lists what the server does by itself. */
export const listJobs = defineTool({
  name: 'list_jobs',
  title: 'List jobs',
  description: 'Scheduled sync, verify and prune jobs of the backup server: schedule, last result, next run, what is kept.',
  access: 'observe',
  input: z.object({ kind: z.enum(jobKinds).optional().describe('Only these.') }),
  output: z.object({
    jobs: z.array(
      z.object({
        kind: z.string().describe('Kind.'),
        id: z.string().describe('Id.'),
        on: z.string().describe('Datastore and namespace.'),
        what: z.string().optional().describe('From where, or what is kept.'),
        schedule: z.string().optional().describe('Schedule.'),
        last: z.string().describe('How its last run ended.'),
        ended: z.string().optional().describe('When it ended.'),
        next: z.string().optional().describe('Next run.'),
      }),
    ),
  }),
  untrusted: true,
  async run({ kind }, { client, signal }) {
    const jobs = await jobFacts(client, signal)
    return {
      jobs: jobs
        .filter((job) => kind === undefined || job.kind === kind)
        .map(({ last, error, lastEnd, next, schedule, what, task, ...job }) => ({
          kind: job.kind,
          id: job.id,
          on: job.on,
          ...(what === '' ? {} : { what }),
          ...(schedule === undefined ? {} : { schedule }),
          last: error === undefined ? (last ?? (task === undefined ? 'never ran' : 'runs now')) : `failed: ${error}`,
          ...(lastEnd === undefined ? {} : { ended: timeText(lastEnd) }),
          ...(next === undefined ? {} : { next: timeText(next) }),
        })),
    }
  },
})
