import { ToolError, usualBackupHours } from '@rackwarden/core'
import { z } from 'zod'
import { momentText } from '../backups.ts'
import { circumstancesOf, type Circumstances } from '../circumstances.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { disksOf, isSet } from '../guest-config.ts'
import { readMoveState, type MoveState } from '../migration.ts'
import { ownTargets } from '../own-guest.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

/** Nobody, where it is gone: its name or id is that of nothing any more. */
const readState: StateReader<{ guest: string }, MoveState | null> = async ({ guest: reference }, { client, signal }) => {
  const { guests } = await client.resources(signal)
  let guest
  try {
    guest = findGuest(guests, reference)
  } catch (error) {
    if (ToolError.isInstance(error) && error.code === 'not_found') return null
    throw error
  }
  return readMoveState(guest, client, signal)
}

/** Deletes a guest with its disks. */
export const deleteGuest = defineTool({
  name: 'delete_guest',
  title: 'Delete a guest',
  description: 'Delete a stopped VM or container with all of its disks, for good; only where a fresh backup of it exists.',
  access: 'admin',
  toolset: 'lifecycle',
  idempotent: true,
  input: z.object({
    guest: guestInput,
    purge: z.boolean().default(true).describe('Also from jobs, HA, access lists; backups stay.'),
    unreferenced_disks: z.boolean().default(false).describe('Unreferenced disks.'),
  }),
  output: z.object({
    guest: z.string().describe('Name it had.'),
    id: z.number().describe('Id it had.'),
    disks: z.array(z.string()).describe('Volumes that went with it.'),
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: readState,
  basis: (state) =>
    state === null ? null : { id: state.id, node: state.node, status: state.status, lock: state.lock ?? null, digest: state.digest },
  async plan({ guest: reference, purge, unreferenced_disks: unreferenced }, { state, client, instance, signal }) {
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, reference)
    if (state === null) throw new ToolError('not_found', `${reference} is gone.`, { hint: 'list_guests shows what there is.' })
    refuseLocked(state)
    const around = await circumstancesOf(client, { ...guest, status: state.status }, view, signal)
    refuseUnready(state, around, purge)
    const disks = disksOf(state.kind, around.config).filter(({ storage }) => storage !== undefined)
    const names = around.snapshots.map(({ name }) => name)
    return {
      summary: `Delete ${nameOf(state)} (${state.kind === 'qemu' ? 'virtual machine' : 'container'} on ${state.node}) with its disks`,
      // Who agrees types the last part of the first: its name.
      targets: [
        targetOf(instance, 'guest', state.name),
        targetOf(instance, 'guest', state.id),
        ...ownTargets(around.detail.macs, client.own()),
      ],
      diff: [
        `guest: stopped → gone`,
        ...disks.map(({ key, volume, size }) => `${key} ${volume}${size === undefined ? '' : ` (${size})`}: there → gone`),
        ...(names.length > 0 ? [`snapshots: ${names.join(', ')} → gone`] : []),
      ],
      warnings: [
        around.newest === undefined
          ? ''
          : `What is left is its backup of ${momentText(around.newest.at)} (${around.newest.storage}): restore_guest makes it again.`,
        purge
          ? 'purge: it is taken out of backup jobs, replication, HA and access lists as well, so that a new guest of its id inherits nothing.'
          : 'Without purge it stays in backup jobs and access lists: a new guest of its id inherits them.',
        ...(unreferenced
          ? ['unreferenced_disks: volumes of its id that nobody names go as well, on every storage: also those somebody kept by hand.']
          : []),
        ...(around.replication.length > 0
          ? [`Its copies on ${around.replication.map(({ target }) => target).join(', ')} go with the replication.`]
          : []),
      ].filter((warning) => warning !== ''),
    }
  },
  async run({ purge, unreferenced_disks: unreferenced }, { state, client, signal, progress }) {
    if (state === null) throw new ToolError('not_found', 'It is gone.', { hint: 'list_guests shows what there is.' })
    const disks = disksOf(state.kind, await client.guestConfig(state, signal)).flatMap(({ storage, volume }) =>
      storage === undefined ? [] : [volume],
    )
    const { warnings } = await client.tasks.wait(await client.destroy(state, { purge, unreferenced }, signal), { signal, progress })
    return { guest: state.name, id: state.id, disks, warnings: some(warnings) }
  },
  settled: (after, _, before) => after === null || after.id !== before?.id || 'it is still listed',
  settleWithinMs: 60_000,
  undo: 'irreversible',
})

function refuseUnready(state: MoveState, { config, newest, areBackupsKnown, replication, now }: Circumstances, purge: boolean): void {
  const called = nameOf(state)
  if (state.status !== 'stopped')
    throw new ToolError('conflict', `${called} is ${state.status}: only what is stopped is deleted.`, { hint: 'shutdown_guest first.' })
  if (isSet(config['protection']))
    throw new ToolError('protected', `${called} is protected in Proxmox.`, {
      hint: 'Somebody wants it kept: update_guest protected=false lifts that.',
    })
  if (!purge && (state.ha !== undefined || replication.length > 0))
    throw new ToolError(
      'conflict',
      `${called} is ${state.ha === undefined ? 'replicated' : 'managed by HA'}: Proxmox deletes it only with purge.`,
      {
        hint: 'Leave purge out.',
      },
    )
  // A template does not change: any backup of it is a fresh one.
  const isFresh = newest !== undefined && (state.isTemplate || now - newest.at <= usualBackupHours * 3_600_000)
  if (isFresh) return
  const why =
    newest === undefined
      ? areBackupsKnown
        ? 'has no backup'
        : 'has no backup that could be seen'
      : `was last backed up ${momentText(newest.at)}`
  throw new ToolError('conflict', `${called} ${why}: what is deleted without a fresh one is gone.`, {
    hint: `backup_guest guest=${state.id} makes one.`,
  })
}
