import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { momentText } from '../backups.ts'
import { haSentence } from '../circumstances.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { networksOf } from '../guest-config.ts'
import { readMoveState, type MoveState } from '../migration.ts'
import { ownTargets } from '../own-guest.ts'
import { archiveFor, archiveText, gatheredWarnings, kindIn, originOf, restoreFields, unpackedTo } from '../restoration.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

interface RollbackState extends MoveState {
  archive: string
}

const readState: StateReader<{ guest: string; archive: string }, RollbackState> = async (
  { guest: reference, archive: wanted },
  { client, signal },
) => {
  const view = await client.resources(signal)
  const guest = findGuest(view.guests, reference)
  const [state, archive] = await Promise.all([
    readMoveState(guest, client, signal),
    archiveFor(originOf(view, String(guest.id)), wanted, { client, view, signal }),
  ])
  return { ...state, archive: archive.volid }
}

/** Puts a backup in the place of the guest it is of. */
export const rollbackGuest = defineTool({
  name: 'rollback_guest',
  title: 'Put a guest back to a backup',
  description: 'Overwrite a stopped VM or container with one of its backups; all it holds now is lost. restore_guest makes a new one.',
  access: 'admin',
  toolset: 'backups',
  input: z.object({
    guest: guestInput,
    archive: z.string().min(1).describe('volid of list_backups.'),
  }),
  output: z.object({
    guest: z.string().describe('Name.'),
    archive: z.string().describe('What it is as of.'),
    status: z.string().describe('What it does now.'),
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: readState,
  basis: ({ id, node, status, lock, digest, archive }) => ({ id, node, status, lock: lock ?? null, digest, archive }),
  async plan(_, { state, client, instance, signal }) {
    refuseLocked(state)
    if (state.status !== 'stopped')
      throw new ToolError('conflict', `${nameOf(state)} is ${state.status}: only what is stopped is overwritten.`, {
        hint: 'shutdown_guest first; or restore_guest makes a new one of the backup, beside it.',
      })
    const view = await client.resources(signal)
    const archive = await archiveFor(originOf(view, String(state.id)), state.archive, { client, view, signal })
    if (kindIn(archive) !== state.kind)
      throw new ToolError('conflict', `The backup is of another kind of guest than ${nameOf(state)}.`, {
        hint: 'Its id was used again: restore_guest makes a new guest of it.',
      })
    const config = await client.guestConfig(state, signal)
    const snapshots = (await client.snapshots(state, signal)).filter(({ name }) => name !== 'current').map(({ name }) => name)
    return {
      summary: `Overwrite ${nameOf(state)} with ${archiveText(archive)}`,
      targets: [
        targetOf(instance, 'guest', state.id),
        ...ownTargets(
          networksOf(config).flatMap(({ mac }) => mac ?? []),
          client.own(),
        ),
      ],
      diff: [
        `disks and configuration: as now → as of ${momentText(archive.at)}`,
        ...snapshots.map((name) => `snapshot ${name}: there → gone`),
      ],
      warnings: [
        `Everything in it since ${momentText(archive.at)} is lost; restore_guest makes a new guest of the backup and loses nothing.`,
        ...(archive.verification === undefined
          ? ['Whether the backup is whole was never verified; its disks are deleted before it is read.']
          : []),
        ...gatheredWarnings(archive, config, unpackedTo(archive, view, { node: state.node, wanted: undefined, config })),
        ...haSentence(state.ha, 'stop'),
        'It may take long, and stays stopped.',
      ],
    }
  },
  async run(_, { state, client, signal, progress }) {
    const view = await client.resources(signal)
    const archive = await archiveFor(originOf(view, String(state.id)), state.archive, { client, view, signal })
    const config = await client.guestConfig(state, signal)
    const storage = unpackedTo(archive, view, { node: state.node, wanted: undefined, config })
    const fields = restoreFields(archive, { id: state.id, storage, isNew: false })
    const { warnings } = await client.tasks.wait(await client.create(state.kind, state.node, fields, signal), { signal, progress })
    return { guest: state.name, archive: state.archive, status: 'stopped', warnings: some(warnings) }
  },
  settled: (after) => (after.lock === undefined ? true : `it is locked (${after.lock})`),
  settleWithinMs: 120_000,
  verified: (told, { status }) => ({ ...told, status }),
  undo: 'irreversible',
})
