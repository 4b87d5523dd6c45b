import { diffOf, nearestNames, page, paging, ToolError, toolsFor, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from './client.ts'
import { targetOf, type Job } from './job.ts'

const defineTool = toolsFor<UptimeKumaClient>()

/** Lists jobs. */
export const listJobs = defineTool({
  name: 'list_jobs',
  title: 'List jobs',
  description: 'Jobs of Uptime Kuma with what they do and since when.',
  access: 'observe',
  input: z.object({
    state: z.enum(['running', 'stopped', 'failed']).optional().describe('Only these.'),
    ...paging,
  }),
  output: z.object({
    jobs: z.array(
      z.object({
        name: z.string().describe('Name.'),
        state: z.string().describe('What it does.'),
        since: z.string().optional().describe('Since when.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ state, ...window }, { client, signal }) {
    const jobs = await client.jobs(signal)
    const { rows, ...rest } = page(
      jobs.filter((job) => state === undefined || job.state === state),
      window,
    )
    return { jobs: rows, ...rest }
  },
})

const input = z.object({ job: z.string().min(1).describe('Name.') })
const output = z.object({
  job: z.string().describe('Name.'),
  state: z.string().describe('What it does now.'),
})

type StateReader = (input: { job: string }, context: { client: UptimeKumaClient; signal: AbortSignal }) => Promise<Job>

const readState: StateReader = async ({ job: name }, { client, signal }) => {
  const jobs = await client.jobs(signal)
  const found = jobs.find((job) => job.name === name)
  if (found !== undefined) return found
  const near = nearestNames(
    name,
    jobs.map((job) => job.name),
  )
  throw new ToolError('not_found', `There is no job '${name}'.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_jobs has the names.',
  })
}

// A plan holds while the job does what it did; since when is no part of it.
const basis = ({ name, state }: Job) => ({ name, isRunning: state === 'running' })

const show = ({ name, state }: Job): z.input<typeof output> => ({ job: name, state })

function plan(action: string, before: Job, { instance, after }: { instance: string; after: Job['state'] }): Plan {
  return {
    summary: `${action} ${before.name}`,
    targets: [targetOf(instance, before.name)],
    diff: diffOf({ [before.name]: before.state }, { [before.name]: after }),
  }
}

const undo = ({ state }: Job, { job }: { job: string }) => ({
  tool: state === 'running' ? 'start_job' : 'stop_job',
  input: { job },
})

/** Starts a job and waits until it runs. */
export const startJob = defineTool({
  name: 'start_job',
  title: 'Start a job',
  description: 'Start a stopped or failed job; done once it runs.',
  access: 'operate',
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan: (_, { state, instance }) => plan('Start', state, { instance, after: 'running' }),
  async run({ job }, { client, state, signal }) {
    await client.start(job, signal)
    return show(state)
  },
  settled: ({ state }) => state === 'running' || `it is ${state}`,
  verified: (_, after) => show(after),
  undo,
})

/** Stops a job and waits until it no longer runs. */
export const stopJob = defineTool({
  name: 'stop_job',
  title: 'Stop a job',
  description: 'Stop a running job; done once it no longer runs.',
  access: 'operate',
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan: (_, { state, instance }) => plan('Stop', state, { instance, after: 'stopped' }),
  async run({ job }, { client, state, signal }) {
    await client.stop(job, signal)
    return show(state)
  },
  settled: ({ state }) => state !== 'running' || 'it still runs',
  verified: (_, after) => show(after),
  undo,
})
