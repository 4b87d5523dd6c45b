import { z } from 'zod'
import { findGuest, nameOf } from '../find-guest.ts'
import { planMove, readMoveState, targetNode, type MoveState } from '../migration.ts'
import { ownTargets } from '../own-guest.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

const readState: StateReader<{ guest: string }, MoveState> = async ({ guest: reference }, { client, signal }) => {
  const { guests } = await client.resources(signal)
  return readMoveState(findGuest(guests, reference), client, signal)
}

/** Moves a guest to another node. */
export const migrateGuest = defineTool({
  name: 'migrate_guest',
  title: 'Move a guest to another node',
  description: 'Move (migrate) a VM or container to another node, live where it can be; checked first for what holds it.',
  access: 'configure',
  toolset: 'lifecycle',
  idempotent: true,
  input: z.object({
    guest: guestInput,
    node: z.string().min(1).describe('Where to.'),
    storage: z.string().optional().describe('For local disks; default: same name.'),
  }),
  output: z.object({
    guest: z.string().describe('Name.'),
    node: z.string().describe('Node it is on.'),
    from: z.string().describe('Node it was on.'),
    status: z.string().describe('What it does now.'),
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: readState,
  basis: ({ id, node, status, lock, digest }) => ({ id, node, status, lock: lock ?? null, digest }),
  async plan({ node: wanted, storage }, { state, client, instance, signal, dependents }) {
    refuseLocked(state)
    const view = await client.resources(signal)
    const node = targetNode(view, wanted).name
    const target = targetOf(instance, 'guest', state.id)
    if (node === state.node)
      return { summary: `${nameOf(state)} is on ${node} already: there is nothing to do.`, targets: [target], nothing: true }
    const { manner, warnings, around } = await planMove(state, { client, view, signal, node, storage, dependents })
    const how = { live: 'while it runs', restart: 'restarting it', offline: 'stopped as it is' }[manner]
    return {
      summary: `Move ${nameOf(state)} from ${state.node} to ${node}, ${how}`,
      targets: [target, ...(manner === 'restart' ? ownTargets(around.detail.macs, client.own()) : [])],
      diff: [`node: ${state.node} → ${node}`, ...(manner === 'restart' ? ['status: running → stopped → running'] : [])],
      warnings,
    }
  },
  async run({ node: wanted, storage }, { state, client, signal, progress, dependents }) {
    const view = await client.resources(signal)
    const node = targetNode(view, wanted).name
    // Looked at once more: what holds it may have come in between.
    const { fields } = await planMove(state, { client, view, signal, node, storage, dependents })
    const { warnings } = await client.tasks.wait(await client.migrate(state, fields, signal), { signal, progress })
    return { guest: state.name, node, from: state.node, status: state.status, warnings: some(warnings) }
  },
  settled: (after, { node }, before) => {
    if (after.node !== node.trim()) return `it is still on ${after.node}`
    if (after.lock !== undefined) return `it is locked (${after.lock})`
    return after.status === before.status || `it is ${after.status}`
  },
  // HA moves it when it gets round to it.
  settleWithinMs: 180_000,
  verified: (told, after) => ({ ...told, node: after.node, status: after.status }),
  undo: ({ id, node, storages }, { storage }) => ({
    tool: 'migrate_guest',
    input: { guest: String(id), node, ...(storage === undefined ? {} : { storage: storages[0] }) },
  }),
})
