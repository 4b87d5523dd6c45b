import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'
import {
  changedValues,
  changeFields,
  changeShape,
  configBasis,
  configStateOf,
  isSame,
  previousValues,
  wantedValues,
  type ConfigState,
  type ConfigValues,
  type WantedChange,
} from '../config-change.ts'
import { isId, nameOf } from '../find-guest.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

type Context = { client: ProxmoxClient; signal: AbortSignal }
type Writing = Context & { state: ConfigState; progress: (message: string) => void }

const output = z.object({
  guest: z.string().describe('Name.'),
  changed: z.array(z.string()).describe('What is set now.'),
  after_restart: z.array(z.string()).optional().describe('What holds only once it was stopped and started.'),
})

const readState: StateReader<{ guest: string }, ConfigState> = async ({ guest }, { client, signal }) => configStateOf(guest, client, signal)

/** Changes what a guest is made of. */
export const updateGuest = defineTool({
  name: 'update_guest',
  title: 'Change a guest',
  description: 'Change a VM or container: cores, memory, start at boot, tags, name, notes, protection.',
  access: 'configure',
  toolset: 'lifecycle',
  idempotent: true,
  wayBackFirst: true,
  input: z.object({ guest: guestInput, ...changeShape }),
  output,
  state: readState,
  basis: configBasis,
  async plan({ guest, ...wanted }, { state, client, instance, signal }) {
    if (wanted.name !== undefined && !isId(guest))
      throw new ToolError('invalid_input', 'A guest that is renamed is named by its id: afterwards nobody has its name.', {
        hint: `Set guest to ${state.id}.`,
      })
    const values = wantedValues(wanted, state.kind)
    if (Object.keys(values).length === 0)
      throw new ToolError('invalid_input', 'Nothing is said of what to change.', {
        hint: 'Give cores, memory_mib, tags or another of its inputs.',
      })
    const plan = planChange(state, values, instance)
    if (plan.nothing === true) return plan
    const view = await client.resources(signal)
    const node = view.nodes.find(({ name }) => name === state.node)
    const free = node?.maxMemory === undefined || node.memory === undefined ? undefined : (node.maxMemory - node.memory) / 1024 ** 2
    const more = (wanted.memory_mib ?? 0) - Number(state.values['memory'] ?? 512)
    return {
      ...plan,
      warnings: [
        ...(state.status === 'running' && needsStart(values)
          ? ['It runs: what it cannot take up meanwhile holds after it was stopped and started.']
          : []),
        ...(free !== undefined && more > free ? [`${state.node} has only ${Math.round(free)} MiB of memory left.`] : []),
        ...(wanted.protected === false ? ['Proxmox no longer refuses to delete it.'] : []),
      ],
    }
  },
  async run({ guest: _guest, ...wanted }, context) {
    const { state } = context
    return carriedOut(changedValues(state, wantedValues(wanted, state.kind)), context)
  },
  settled: (after, { guest: _guest, ...wanted }) => judged(after, wantedFor(after, wanted)),
  undo: (before, { guest: _guest, ...wanted }) => ({
    tool: 'update_guest_config',
    input: { guest: String(before.id), values: previousValues(before, changedValues(before, wantedValues(wanted, before.kind))) },
  }),
})

function wantedFor({ kind }: ConfigState, wanted: WantedChange): ConfigValues {
  return wantedValues(wanted, kind)
}

/** Puts values of a configuration back, and is never listed. */
export const updateGuestConfig = defineTool({
  name: 'update_guest_config',
  title: 'Put values of a guest back',
  description: 'Take update_guest back: exactly the values it changed, as they were.',
  access: 'configure',
  internal: true,
  input: z.object({
    guest: guestInput,
    values: z.record(z.string(), z.string().nullable()).describe('Values by key; null where it is not set.'),
  }),
  output,
  state: readState,
  basis: configBasis,
  plan: ({ values }, { state, instance }) => planChange(state, values, instance),
  run: async ({ values }, context) => carriedOut(changedValues(context.state, values), context),
  settled: (after, { values }) => judged(after, values),
  undo: (before, { guest, values }) => ({ tool: 'update_guest_config', input: { guest, values: previousValues(before, values) } }),
})

const startsLater = new Set(['cores', 'memory', 'balloon', 'name', 'hostname'])

function needsStart(values: ConfigValues): boolean {
  return Object.keys(values).some((key) => startsLater.has(key))
}

function planChange(state: ConfigState, values: ConfigValues, instance: string): Plan {
  refuseLocked(state)
  const changed = changedValues(state, values)
  const target = targetOf(instance, 'guest', state.id)
  const names = Object.keys(changed)
  if (names.length === 0)
    return { summary: `${nameOf(state)} is so already: there is nothing to change.`, targets: [target], nothing: true }
  return {
    summary: `Change ${names.join(', ')} of ${nameOf(state)}`,
    targets: [target],
    diff: names.map((key) => `${key}: ${state.values[key] ?? '(not set)'} → ${changed[key] ?? '(not set)'}`),
  }
}

async function carriedOut(values: ConfigValues, { state, client, signal }: Writing) {
  await client.updateConfig(state, changeFields(values, state.digest), signal)
  const pending = state.status === 'running' ? await client.pendingKeys(state, signal) : []
  return {
    guest: state.name,
    changed: Object.entries(values).map(([key, value]) => `${key}: ${value ?? '(not set)'}`),
    after_restart: some(pending.filter((key) => key in values)),
  }
}

function judged(after: ConfigState, values: ConfigValues): true | string {
  const late = Object.entries(values).filter(([key, value]) => !isSame(key, after.values[key], value))
  return late.length === 0 || `${late.map(([key]) => key).join(', ')} is not set yet`
}
