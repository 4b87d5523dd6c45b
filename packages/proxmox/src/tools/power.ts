import { ToolError, type WriteContext } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'
import { shutdownSeconds } from '../guest-config.ts'
import { planPower, powerBasis, powerStateOf, settledDown, settledUp, type PowerState } from '../power.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

const output = z.object({
  guest: z.string().describe('Name.'),
  id: z.number().describe('Id.'),
  node: z.string().describe('Node it is on.'),
  status: z.string().describe('What it does now.'),
  warnings: z.array(z.string()).optional().describe('What its task warned of.'),
})

const input = z.object({ guest: guestInput })
const timeout = z.number().int().min(1).max(3_600).optional().describe('Default: as configured.')

type Context = WriteContext<ProxmoxClient, PowerState>
const readState: StateReader<{ guest: string }, PowerState> = async ({ guest }, { client, signal }) => powerStateOf(guest, client, signal)

function show({ name, id, node, status }: PowerState, warnings: readonly string[] = []): z.input<typeof output> {
  return { guest: name, id, node, status, warnings: some(warnings) }
}

const verified = (told: z.output<typeof output>, after: PowerState) => show(after, told.warnings)
const startAgain = (_: PowerState, { guest }: { guest: string }) => ({ tool: 'start_guest', input: { guest } })

/** What is done at once, or fails: nobody inside is asked. */
async function carryOut(action: 'start' | 'stop', { client, state, signal, progress }: Context): Promise<z.input<typeof output>> {
  const { warnings } = await client.tasks.wait(await client.power(state, action, signal), { signal, progress })
  return show(state, warnings)
}

/** Waits for what is asked of the guest itself, and gives what its task warned of. */
async function obeyed(started: unknown, seconds: number, { client, state, signal, progress }: Context): Promise<readonly string[]> {
  try {
    return (await client.tasks.wait(started, { signal, progress })).warnings
  } catch (error) {
    throw stillRunning(error, state, seconds)
  }
}

/** A guest that does not listen is told with what there is to do about it. */
function stillRunning(error: unknown, { name }: PowerState, seconds: number): unknown {
  if (!ToolError.isInstance(error) || !/timeout|timed out/i.test(error.message) || error.code === 'timeout') return error
  return new ToolError('timeout', `${name} did not shut down within ${seconds} s, and runs on.`, {
    hint: 'Give it more with timeout_seconds; stop_guest cuts its power. Without a guest agent it may not listen at all.',
    cause: error,
  })
}

/** Starts a guest and waits until it runs. */
export const startGuest = defineTool({
  name: 'start_guest',
  title: 'Start a guest',
  description: 'Start (boot) a stopped VM or LXC container; done once its task ended and it runs.',
  access: 'operate',
  toolset: 'guests',
  idempotent: true,
  input,
  output,
  state: readState,
  basis: powerBasis,
  plan: (_, context) => planPower({ action: 'start', ...context }),
  run: async (_, context) => carryOut('start', context),
  settled: settledUp,
  settleWithinMs: 120_000,
  verified,
  undo: ({ status }, { guest }) => ({ tool: status === 'running' ? 'start_guest' : 'shutdown_guest', input: { guest } }),
})

/** Asks a guest to end by itself. */
export const shutdownGuest = defineTool({
  name: 'shutdown_guest',
  title: 'Shut a guest down',
  description: 'Ask a VM or container to shut down in order, and wait until it has; it is not killed where it does not.',
  access: 'operate',
  toolset: 'guests',
  idempotent: true,
  input: input.extend({ timeout_seconds: timeout }),
  output,
  state: readState,
  basis: powerBasis,
  plan: ({ timeout_seconds: timeoutSeconds }, context) => planPower({ action: 'shutdown', ...context, timeoutSeconds }),
  async run({ timeout_seconds: given }, context) {
    const { client, state, signal } = context
    const seconds = given ?? shutdownSeconds(state.kind, await client.guestConfig(state, signal))
    const started = await client.power(state, 'shutdown', signal, { timeout: seconds, forceStop: false })
    return show(state, await obeyed(started, seconds, context))
  },
  settled: settledDown,
  settleWithinMs: 240_000,
  verified,
  undo: startAgain,
})

/** Cuts the power of a guest. */
export const stopGuest = defineTool({
  name: 'stop_guest',
  title: 'Power a guest off',
  description: 'Power a VM or container off hard, as if unplugged: pull the plug; shutdown_guest is the gentle way.',
  access: 'operate',
  toolset: 'guests',
  idempotent: true,
  input,
  output,
  state: readState,
  basis: powerBasis,
  plan: (_, context) => planPower({ action: 'stop', ...context }),
  run: async (_, context) => carryOut('stop', context),
  settled: settledDown,
  settleWithinMs: 60_000,
  verified,
  undo: startAgain,
})

// Half a second for the guest to begin anew, many times over.
const mostLooks = 120
const lookEveryMs = 500
const slackSeconds = 5

/** Restarts a guest and waits until it has. */
export const restartGuest = defineTool({
  name: 'restart_guest',
  title: 'Restart a guest',
  description: 'Reboot a VM or LXC container in order; done once it was seen to have started anew.',
  access: 'operate',
  toolset: 'guests',
  input: input.extend({ timeout_seconds: timeout }),
  output,
  state: readState,
  basis: powerBasis,
  plan: ({ timeout_seconds: timeoutSeconds }, context) => planPower({ action: 'restart', ...context, timeoutSeconds }),
  async run({ timeout_seconds: given }, context) {
    const { client, state, signal, progress } = context
    if (state.status !== 'running') return carryOut('start', context)
    const seconds = given ?? shutdownSeconds(state.kind, await client.guestConfig(state, signal))
    const before = await client.status(state, signal)
    const since = performance.now()
    const started = await client.power(state, 'reboot', signal, { timeout: seconds })
    const warnings = await obeyed(started, seconds, context)
    for (let looks = 0; looks < mostLooks; looks += 1) {
      const now = await client.status(state, signal)
      const elapsed = (performance.now() - since) / 1_000 + slackSeconds
      const isAnew = now.pid !== undefined && before.pid !== undefined ? now.pid !== before.pid : (now.uptime ?? 0) <= elapsed
      if (now.status === 'running' && isAnew) return show(state, warnings)
      progress(`it is ${now.status}`)
      await pause(lookEveryMs, undefined, { signal })
    }
    throw new ToolError('timeout', `${state.name} was told to restart and was not seen to have.`, {
      hint: 'get_guest shows what it does; its console in Proxmox shows what it waits for.',
    })
  },
  settled: settledUp,
  settleWithinMs: 120_000,
  verified,
  undo: 'transient',
})
