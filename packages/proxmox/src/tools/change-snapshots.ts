import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { momentText } from '../backups.ts'
import { backupSentence, circumstancesOf, dependentWarnings } from '../circumstances.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { ownTargets } from '../own-guest.ts'
import { managedSnapshot, refuseLocked, refuseLoop, snapshotBasis, snapshotStateOf, type SnapshotState } from '../snapshot-change.ts'
import { managedName, snapshotCapability } from '../snapshots.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

const readState: StateReader<{ guest: string }, SnapshotState> = async ({ guest }, { client, signal }) =>
  snapshotStateOf(guest, client, signal)

const snapshotInput = z.string().min(1).max(40).describe('Snapshot.')
const warnings = z.array(z.string()).optional().describe('What its task warned of.')

/** Takes a snapshot that can be gone back to. */
export const createSnapshot = defineTool({
  name: 'create_snapshot',
  title: 'Take a snapshot',
  description: 'Take a snapshot of a VM or container before an upgrade or risky change, to roll back to.',
  access: 'configure',
  toolset: 'backups',
  input: z.object({
    guest: guestInput,
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*$/i, 'is letters, digits, - and _, beginning with a letter')
      .max(29)
      .optional()
      .describe('Default: a number.'),
    note: z.string().max(500).optional().describe('Note.'),
    ram: z.boolean().optional().describe('Keep the memory, too: slow, large.'),
  }),
  output: z.object({
    guest: z.string().describe('Name of the guest.'),
    snapshot: z.string().describe('Name of the snapshot.'),
    warnings,
  }),
  state: readState,
  basis: snapshotBasis,
  async plan({ name, ram = false }, { state, client, instance, signal }) {
    refuseLocked(state)
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, String(state.id))
    const around = await circumstancesOf(client, guest, view, signal)
    const capability = await snapshotCapability(client, guest, around.config, view, signal)
    if (!capability.isCapable)
      throw new ToolError('conflict', `${nameOf(state)} cannot be snapshotted: ${capability.reason}.`, {
        hint: 'backup_guest keeps a copy of it instead.',
      })
    const called = nameFor(state.snapshots, name)
    if (ram && (state.kind === 'lxc' || state.status !== 'running'))
      throw new ToolError(
        'conflict',
        `The memory of ${nameOf(state)} cannot be kept: it is ${state.kind === 'lxc' ? 'a container' : state.status}.`,
        {
          hint: 'Leave ram out.',
        },
      )
    if (ram && capability.reason !== undefined)
      throw new ToolError('conflict', `${nameOf(state)} can be snapshotted only ${capability.reason}.`, { hint: 'Leave ram out.' })
    const agent = around.detail.agent
    return {
      summary: `Take the snapshot ${called} of ${nameOf(state)}${ram ? ', its memory included' : ''}`,
      targets: [targetOf(instance, 'guest', state.id), targetOf(instance, 'snapshot', `${state.id}/${called}`)],
      diff: [`snapshots: ${state.snapshots.length} → ${state.snapshots.length + 1}`],
      warnings: [
        ...(ram ? ['It stands still while its memory is written.'] : []),
        ...(!ram && state.kind === 'qemu' && state.status === 'running' && agent !== 'answers'
          ? ['No agent answers to flush its disks: going back finds it as after a power cut.']
          : []),
        ...(state.snapshots.length >= 5 ? [`It has ${state.snapshots.length} snapshots already; each takes space as it changes.`] : []),
        'A snapshot lies where its disks lie, and is no backup.',
      ],
    }
  },
  async run({ name, note, ram = false }, { client, state, signal, progress }) {
    const called = nameFor(state.snapshots, name)
    const started = await client.createSnapshot(state, { name: called, note: note ?? 'Taken by Rackwarden', withMemory: ram }, signal)
    const ended = await client.tasks.wait(started, { signal, progress })
    return { guest: state.name, snapshot: called, warnings: some(ended.warnings) }
  },
  settled: (after, { name }, before) => {
    const called = nameFor(before.snapshots, name)
    if (after.lock !== undefined) return `it is locked (${after.lock})`
    return after.snapshots.some((one) => one.name === called) || 'the snapshot is not listed yet'
  },
  undo: (before, { name }, { after }) => {
    const called = nameFor(before.snapshots, name)
    const taken = after.snapshots.find((one) => one.name === called)?.takenAt ?? 0
    return { tool: 'delete_created_snapshot', input: { guest: String(before.id), snapshot: called, taken_at: taken } }
  },
})

function nameFor(snapshots: readonly { name: string }[], wanted: string | undefined): string {
  const names = snapshots.map(({ name }) => name)
  const called = managedName(names, wanted)
  if (names.includes(called))
    throw new ToolError('conflict', `There is a snapshot ${called} already.`, { hint: 'Choose another name, or leave it out.' })
  return called
}

/** Deletes a snapshot that was made here. */
export const deleteSnapshot = defineTool({
  name: 'delete_snapshot',
  title: 'Delete a snapshot',
  description: 'Delete a snapshot Rackwarden made: the guest stays as it is, the way back to then is gone.',
  access: 'admin',
  toolset: 'backups',
  input: z.object({ guest: guestInput, snapshot: snapshotInput }),
  output: z.object({ guest: z.string().describe('Name of the guest.'), deleted: z.string().describe('Name it had.'), warnings }),
  state: readState,
  basis: snapshotBasis,
  plan({ snapshot }, { state, instance }) {
    refuseLocked(state)
    const found = managedSnapshot(state, snapshot)
    return {
      summary: `Delete the snapshot ${found.name} of ${nameOf(state)}`,
      targets: [targetOf(instance, 'snapshot', `${state.id}/${found.name}`), targetOf(instance, 'guest', state.id)],
      diff: [`snapshot ${found.name}: ${momentText(found.takenAt * 1_000)} → gone`],
      warnings: ['Merging it takes a while on some storages, and the guest may be slow meanwhile.'],
    }
  },
  async run({ snapshot }, { client, state, signal, progress }) {
    const { name } = managedSnapshot(state, snapshot)
    const ended = await client.tasks.wait(await client.deleteSnapshot(state, name, signal), { signal, progress })
    return { guest: state.name, deleted: name, warnings: some(ended.warnings) }
  },
  settled: (after, { snapshot }, before) => {
    const { name } = managedSnapshot(before, snapshot)
    return after.snapshots.every((one) => one.name !== name) || 'it is still listed'
  },
  undo: 'irreversible',
})

/** Takes back that a snapshot was made, and is never listed. */
export const deleteCreatedSnapshot = defineTool({
  name: 'delete_created_snapshot',
  title: 'Delete a snapshot that was just taken',
  description: 'Take back create_snapshot: delete exactly the snapshot it took.',
  access: 'configure',
  toolset: 'backups',
  internal: true,
  input: z.object({
    guest: guestInput,
    snapshot: snapshotInput,
    taken_at: z.number().int().describe('When it was taken, in seconds since the epoch.'),
  }),
  output: z.object({ guest: z.string().describe('Name of the guest.'), deleted: z.string().describe('Name it had.') }),
  state: readState,
  basis: snapshotBasis,
  plan({ snapshot, taken_at: taken }, { state, instance }) {
    refuseLocked(state)
    const found = managedSnapshot(state, snapshot)
    if (taken !== 0 && found.takenAt !== taken)
      throw new ToolError('conflict', `The snapshot ${found.name} is another one by now.`, {
        hint: 'delete_snapshot deletes it all the same.',
      })
    return {
      summary: `Delete the snapshot ${found.name} of ${nameOf(state)}, as it was taken`,
      targets: [targetOf(instance, 'snapshot', `${state.id}/${found.name}`), targetOf(instance, 'guest', state.id)],
      diff: [`snapshot ${found.name}: taken → gone`],
    }
  },
  async run({ snapshot }, { client, state, signal, progress }) {
    await client.tasks.wait(await client.deleteSnapshot(state, snapshot, signal), { signal, progress })
    return { guest: state.name, deleted: snapshot }
  },
  settled: (after, { snapshot }) => after.snapshots.every(({ name }) => name !== snapshot) || 'it is still listed',
  undo: (_, { guest, snapshot }) => ({ tool: 'create_snapshot', input: { guest, name: snapshot.replace(/^rackwarden-/, '') } }),
})

/** Puts a guest back to a snapshot that was made here. */
export const rollbackSnapshot = defineTool({
  name: 'rollback_snapshot',
  title: 'Roll back to a snapshot',
  description: 'Put a VM or container back as it was at a snapshot Rackwarden took; everything since then is lost.',
  access: 'admin',
  toolset: 'backups',
  input: z.object({ guest: guestInput, snapshot: snapshotInput }),
  output: z.object({
    guest: z.string().describe('Name of the guest.'),
    snapshot: z.string().describe('What it is as of.'),
    status: z.string().describe('What it does now.'),
    warnings,
  }),
  state: readState,
  basis: snapshotBasis,
  async plan({ snapshot }, { state, client, instance, signal, dependents }) {
    refuseLocked(state)
    const found = managedSnapshot(state, snapshot)
    await refuseLoop(state, client, signal)
    const view = await client.resources(signal)
    const around = await circumstancesOf(client, findGuest(view.guests, String(state.id)), view, signal)
    const newer = state.snapshots.filter(({ takenAt }) => takenAt > found.takenAt).map(({ name }) => name)
    const isUp = state.status === 'running'
    return {
      summary: `Roll ${nameOf(state)} back to ${found.name}, taken ${momentText(found.takenAt * 1_000)}`,
      targets: [targetOf(instance, 'guest', state.id), ...ownTargets(around.detail.macs, client.own())],
      diff: [
        `disks and configuration: as now → as of ${momentText(found.takenAt * 1_000)}`,
        ...(isUp ? [found.hasMemory ? 'status: running → running, from the memory of then' : 'status: running → stopped → running'] : []),
      ],
      warnings: [
        'Everything written in it since then is lost.',
        ...(newer.length > 0
          ? [`Newer snapshots: ${newer.join(', ')}. On ZFS and the like it goes back only to the newest; elsewhere they stay.`]
          : []),
        ...(isUp ? dependentWarnings(around, { own: client.own(), dependents }) : []),
        backupSentence(around),
      ],
    }
  },
  async run({ snapshot }, { client, state, signal, progress }) {
    const found = managedSnapshot(state, snapshot)
    const isUp = state.status === 'running'
    const started = await client.rollback(state, found.name, isUp && !found.hasMemory, signal)
    const ended = await client.tasks.wait(started, { signal, progress })
    return { guest: state.name, snapshot: found.name, status: state.status, warnings: some(ended.warnings) }
  },
  settled: (after, _, before) => {
    if (after.lock !== undefined) return `it is locked (${after.lock})`
    return after.status === before.status || before.status !== 'running' || `it is ${after.status}`
  },
  settleWithinMs: 60_000,
  verified: (told, after) => ({ ...told, status: after.status }),
  undo: 'irreversible',
})
