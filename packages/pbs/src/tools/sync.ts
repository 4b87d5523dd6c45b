import { nearestNames, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { targetOf } from '../addresses.ts'
import { countText } from '../amounts.ts'
import { jobFacts, type JobFacts } from '../job-facts.ts'
import { followTask, requireSuccess, warningsIn } from '../tasks.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const input = z.object({ job: z.string().describe('Id.') })

const readState: StateReader<z.output<typeof input>, Pick<JobFacts, 'id' | 'on' | 'what' | 'task'>> = async (
  { job },
  { client, signal },
) => {
  const jobs = (await jobFacts(client, signal)).filter(({ kind }) => kind === 'sync')
  const found = jobs.find(({ id }) => id === job)
  if (found !== undefined) return { id: found.id, on: found.on, what: found.what, task: found.task }
  const names = jobs.map(({ id }) => id)
  const near = nearestNames(job, names)
  throw new ToolError('not_found', `There is no sync job '${job}'.`, {
    hint:
      near.length > 0
        ? `Is it ${near.join(' or ')}?`
        : names.length > 0
          ? `There are: ${names.join(', ')}.`
          : 'list_jobs kind=sync has those this token sees.',
  })
}

/** Runs a sync job of the owner. */
export const runSync = defineTool({
  name: 'run_sync',
  title: 'Run a sync job',
  description: 'Run a sync job now: copy backups from or to another server, offsite.',
  access: 'operate',
  input,
  output: z.object({
    result: z.string().describe('ok or warnings.'),
    warnings: z.array(z.string()).optional().describe('Lines of its log that warn.'),
    task: z.string().describe('Id, for get_task.'),
  }),
  state: readState,
  basis: ({ id, on, what }) => ({ id, on, what }),
  plan: (_, { state: { id, on, what }, instance }) => ({
    summary: `Run sync job ${id}: ${on} ${what}`,
    targets: [targetOf(instance, 'sync-job', id)],
    warnings: [
      'It uses the line between both servers until it is done.',
      ...(what.includes('deletes what vanished') ? ['Backups that are gone on the source are deleted on the other side, for good.'] : []),
    ],
  }),
  async run({ job }, context) {
    const task = await context.client.runSync(job, context.signal)
    const end = await followTask(task, context)
    requireSuccess(`Sync job ${job}`, end)
    const warnings = warningsIn(end.tail)
    return {
      result: end.warnings > 0 ? 'warnings' : 'ok',
      ...(end.warnings === 0 ? {} : { warnings: warnings.length > 0 ? warnings : [countText(end.warnings, 'warning')] }),
      task,
    }
  },
  settled: (after, _, before) => after.task !== before.task || 'the server does not tell of the run yet',
  undo: 'transient',
})
