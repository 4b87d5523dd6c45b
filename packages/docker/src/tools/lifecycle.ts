import { z } from 'zod'
import type { DockerClient } from '../client.ts'
import { lifecycleBasis, lifecycleOf, planLifecycle, settledUp, type Lifecycle } from '../lifecycle.ts'
import { containerInput, defineTool } from './define-tool.ts'

const input = z.object({ container: containerInput })
const output = z.object({
  container: z.string().describe('Name.'),
  state: z.string().describe('What the engine says it does.'),
  health: z.string().optional().describe('What its health check says; absent where it has none.'),
  exit_code: z.number().optional().describe('How it ended, where it is not running.'),
})

function show({ name, state, health, exitCode, up }: Lifecycle): z.input<typeof output> {
  const isRunning = state === 'running' || state === 'paused'
  return { container: name, state, health: up && health !== 'none' ? health : undefined, exit_code: isRunning ? undefined : exitCode }
}

type StateReader = (input: { container: string }, context: { client: DockerClient; signal: AbortSignal }) => Promise<Lifecycle>
const readState: StateReader = ({ container }, { client, signal }) => lifecycleOf(container, client, signal)

/** Starts a container and waits until it is well. */
export const startContainer = defineTool({
  name: 'start_container',
  title: 'Start a container',
  description: 'Start a stopped container; done once it runs and any health check passes.',
  access: 'operate',
  toolset: 'containers',
  idempotent: true,
  input,
  output,
  state: readState,
  basis: lifecycleBasis,
  plan: (_, { state, ...context }) => planLifecycle({ action: 'start', state, ...context }),
  async run(_, { state, client, signal }) {
    await client.start(state.id, signal)
    return show(await lifecycleOf(state.id, client, signal))
  },
  settled: (after, _, before) => (before.up && after.startedAt === before.startedAt ? true : settledUp(after)),
  settleWithinMs: 120_000,
  verified: (_, after) => show(after),
  undo: ({ up }, { container }) => ({ tool: up ? 'start_container' : 'stop_container', input: { container } }),
})

/** Stops a container in order. */
export const stopContainer = defineTool({
  name: 'stop_container',
  title: 'Stop a container',
  description: 'Shut a container down in order, killing it only after its own stop timeout.',
  access: 'operate',
  toolset: 'containers',
  idempotent: true,
  input,
  output,
  state: readState,
  basis: lifecycleBasis,
  plan: (_, { state, ...context }) => planLifecycle({ action: 'stop', state, ...context }),
  async run(_, { state, client, signal }) {
    await client.stop(state.id, signal)
    return show(await lifecycleOf(state.id, client, signal))
  },
  settled: (after) => !after.up || `it is still ${after.state}`,
  settleWithinMs: 30_000,
  verified: (_, after) => show(after),
  undo: ({ up }, { container }) => ({ tool: up ? 'start_container' : 'stop_container', input: { container } }),
})

/** Restarts a container and waits until it is well. */
export const restartContainer = defineTool({
  name: 'restart_container',
  title: 'Restart a container',
  description: 'Stop and start a container; done once it runs and any health check passes.',
  access: 'operate',
  toolset: 'containers',
  input,
  output,
  state: readState,
  basis: lifecycleBasis,
  plan: (_, { state, ...context }) => planLifecycle({ action: 'restart', state, ...context }),
  async run(_, { state, client, signal }) {
    await client.restart(state.id, signal)
    return show(await lifecycleOf(state.id, client, signal))
  },
  settled: (after, _, before) => (after.startedAt === before.startedAt ? 'it has not restarted yet' : settledUp(after)),
  settleWithinMs: 120_000,
  verified: (_, after) => show(after),
  undo: 'transient',
})
