import { z } from 'zod'
import { jobFacts } from '../job-facts.ts'
import { blindSpots, ifTold } from '../rights.ts'
import { storeFacts } from '../store-facts.ts'
import { failuresLeft } from '../task-facts.ts'
import { defineTool } from './define-tool.ts'

/** Tells how the server is, in one answer. */
export const getStatus = defineTool({
  name: 'get_status',
  title: 'Status of the backup server',
  description: 'How the backup server is doing: version, datastores, running and failed tasks, failing jobs, what its token cannot see.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    version: z.string().describe('Version.'),
    uptime_days: z.number().optional().describe('Days since it booted.'),
    datastores: z.string().describe('How many, and how full each is.'),
    running_tasks: z.number().describe('Tasks that run.'),
    failed_tasks: z.number().describe('Failed in 24 h, and not done since.'),
    failing_jobs: z.array(z.string()).describe('Jobs whose last run failed.'),
    hidden: z.array(z.string()).optional().describe('What its token does not see.'),
  }),
  async run(_, { client, signal }) {
    const version = await client.version(signal)
    const since = Math.floor(client.now() / 1_000) - 86_400
    const [{ stores }, jobs, running, recent, uptime, hidden] = await Promise.all([
      storeFacts(client, signal),
      jobFacts(client, signal),
      client.tasks({ running: true, limit: 0 }, signal),
      client.tasks({ since, limit: 0 }, signal),
      ifTold(client.uptimeSeconds(signal)),
      blindSpots(client, signal),
    ])
    const fullness = stores.map(({ store, state, share }) =>
      state === 'ok' ? `${store} ${share === undefined ? '?' : Math.round(share * 100)} %` : `${store} ${state}`,
    )
    return {
      version,
      ...(uptime === undefined ? {} : { uptime_days: Math.floor(uptime / 86_400) }),
      datastores: fullness.length === 0 ? '0' : `${fullness.length}: ${fullness.join(', ')}`,
      running_tasks: running.length,
      failed_tasks: failuresLeft(recent).length,
      failing_jobs: jobs.filter(({ last }) => last === 'failed').map(({ kind, id }) => `${kind} ${id}`),
      ...(hidden.length === 0 ? {} : { hidden }),
    }
  },
})
