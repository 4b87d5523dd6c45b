import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { archivesOf, isReal, momentText, storageFor, type Archive } from '../backups.ts'
import type { ProxmoxClient } from '../client.ts'
import type { GuestPlace } from '../guest-place.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { disksOf, networksOf } from '../guest-config.ts'
import { ownTargets } from '../own-guest.ts'
import { ifAllowed } from '../attempt.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { snapshotCapability } from '../snapshots.ts'
import { targetOf } from '../targets.ts'
import { gibibytes, percentOf } from '../verdict.ts'
import { defineTool, guestInput, some } from './define-tool.ts'

interface BackupState extends GuestPlace {
  name: string
  status: string
  lock: string | undefined
  storage: string
  /** Ids of its archives there. */
  archives: readonly string[]
}

/** Backs a guest up now. */
export const backupGuest = defineTool({
  name: 'backup_guest',
  title: 'Back a guest up',
  description: 'Back up a VM or container now (vzdump) to a storage; done once the archive is there and not empty.',
  access: 'configure',
  toolset: 'backups',
  input: z.object({
    guest: guestInput,
    storage: z.string().optional().describe('Default: where its newest is.'),
    mode: z.enum(['snapshot', 'suspend', 'stop']).optional().describe('stop shuts it down meanwhile.'),
    note: z.string().max(500).optional().describe('Note.'),
  }),
  output: z.object({
    guest: z.string().describe('Name.'),
    storage: z.string().describe('Where it is.'),
    archive: z.string().optional().describe('Id of the archive.'),
    gib: z.number().optional().describe('Size.'),
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: async ({ guest, storage }, { client, signal }) => stateOf(guest, storage, client, signal),
  basis: ({ id, node, status, lock, storage, archives }) => ({ id, node, status, lock: lock ?? null, storage, archives }),
  async plan({ mode = 'snapshot' }, { state, client, instance, signal }) {
    refuseLocked(state)
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, String(state.id))
    const config = await client.guestConfig(guest, signal)
    const { archives } = await archivesOf(client, view, signal, { guest: state.id })
    const newest = archives.find((archive) => isReal(archive))
    const place = view.storages.find(({ name, node }) => name === state.storage && node === state.node)
    const free = place?.total === undefined || place.used === undefined ? undefined : place.total - place.used
    const skipped = disksOf(state.kind, config)
      .filter(({ isBackedUp }) => !isBackedUp)
      .map(({ key, volume }) => `${key} (${volume})`)
    const isUp = state.status === 'running'
    const capability =
      state.kind === 'lxc' && isUp && mode === 'snapshot'
        ? await ifAllowed(snapshotCapability(client, guest, config, view, signal))
        : undefined
    return {
      summary: `Back up ${nameOf(state)} to ${state.storage}${mode === 'snapshot' ? '' : `, in mode ${mode}`}`,
      targets: [
        targetOf(instance, 'guest', state.id),
        targetOf(instance, 'backup', `${state.storage}/${state.id}`),
        ...(mode !== 'snapshot' && isUp
          ? ownTargets(
              networksOf(config).flatMap(({ mac }) => mac ?? []),
              client.own(),
            )
          : []),
      ],
      diff: [`archives on ${state.storage}: ${state.archives.length} → ${state.archives.length + 1}`],
      warnings: [
        ...(mode !== 'snapshot' && isUp
          ? [
              mode === 'stop'
                ? 'It is shut down, copied and started again: it is away meanwhile.'
                : 'It stands still while the last of it is copied.',
            ]
          : []),
        ...(capability?.isCapable === false
          ? [`It cannot be snapshotted (${capability.reason}): Proxmox suspends it for a while instead.`]
          : []),
        ...(skipped.length > 0 ? [`Not in the backup: ${skipped.join(', ')}.`] : []),
        ...(newest !== undefined && free !== undefined && free < newest.size * 1.2
          ? [`${state.storage} has less room left than its last archive took.`]
          : []),
        ...((percentOf(place?.used, place?.total) ?? 0) >= 85
          ? [`${state.storage} is ${percentOf(place?.used, place?.total)} % full.`]
          : []),
        newest === undefined ? 'It has no backup yet.' : `Its newest backup is of ${momentText(newest.at)} (${newest.storage}).`,
        'It may take long; older archives stay, whatever retention the storage has.',
      ],
    }
  },
  async run({ mode = 'snapshot', note }, { client, state, signal, progress }) {
    const notes = note === undefined ? 'Rackwarden: {{guestname}}' : `Rackwarden: ${note.replaceAll('{{', '{').replaceAll('\\', '/')}`
    const started = await client.backup(state, { storage: state.storage, mode, note: notes }, signal)
    const { warnings } = await client.tasks.wait(started, { signal, progress, stopOnAbort: true })
    const made = await newArchive(client, state, signal)
    if (made === undefined || !isReal(made))
      throw new ToolError(
        'upstream',
        `The task says it backed ${state.name} up, but there is no archive that holds anything on ${state.storage}.`,
        {
          hint: `list_backups guest=${state.id} shows what is there.`,
        },
      )
    return { guest: state.name, storage: state.storage, archive: made.volid, gib: gibibytes(made.size), warnings: some(warnings) }
  },
  settled: (after, _, before) => {
    if (after.lock !== undefined) return `it is locked (${after.lock})`
    return after.archives.some((volid) => !before.archives.includes(volid)) || 'the archive is not listed yet'
  },
  settleWithinMs: 120_000,
  // The archive is known by what is there, for whoever began it may be gone.
  undo: (before, _, { after }) => ({
    tool: 'delete_created_backup',
    input: { guest: String(before.id), node: before.node, archive: after.archives.find((volid) => !before.archives.includes(volid)) ?? '' },
  }),
})

async function stateOf(reference: string, storage: string | undefined, client: ProxmoxClient, signal: AbortSignal): Promise<BackupState> {
  const view = await client.resources(signal)
  const guest = findGuest(view.guests, reference)
  const { archives } = await archivesOf(client, view, signal, { guest: guest.id, limitMs: 10_000 })
  const place = storageFor(guest, view, archives, storage)
  const { status, lock } = await client.status(guest, signal)
  const own = archives.filter((archive) => archive.guest === guest.id && archive.storage === place.name)
  const { kind, node, id, name } = guest
  return { kind, node, id, name, status, lock, storage: place.name, archives: own.map(({ volid }) => volid).toSorted() }
}

async function newArchive(client: ProxmoxClient, state: BackupState, signal: AbortSignal): Promise<Archive | undefined> {
  const { archives } = await archivesOf(client, await client.resources(signal), signal, {
    guest: state.id,
    storage: state.storage,
    limitMs: 10_000,
  })
  return archives.find(({ volid, guest }) => guest === state.id && !state.archives.includes(volid))
}

/** Takes back that a backup was made, and is never listed. */
export const deleteCreatedBackup = defineTool({
  name: 'delete_created_backup',
  title: 'Delete a backup that was just made',
  description: 'Take back backup_guest: delete exactly the archive it made.',
  access: 'configure',
  toolset: 'backups',
  internal: true,
  input: z.object({
    guest: guestInput,
    node: z.string().describe('Node that reaches the storage.'),
    archive: z
      .string()
      .regex(/^[^:]+:.+$/, 'is not storage:archive')
      .describe('Id of the archive.'),
  }),
  output: z.object({ deleted: z.string().describe('Id it had.') }),
  state: async ({ guest, archive }, { client, signal }) => {
    const view = await client.resources(signal)
    const { archives } = await archivesOf(client, view, signal, {
      limitMs: 10_000,
      storage: archive.split(':')[0] ?? '',
      guest: Number(guest),
    })
    const found = archives.find(({ volid }) => volid === archive)
    return { archive: found?.volid ?? null, isProtected: found?.isProtected ?? false, note: found?.note ?? null }
  },
  plan({ guest, archive }, { state, instance }) {
    if (state.archive === null)
      throw new ToolError('not_found', `The archive ${archive} is gone already.`, {
        hint: `list_backups guest=${guest} shows what is there.`,
      })
    if (state.isProtected)
      throw new ToolError('conflict', `The archive ${archive} is protected.`, {
        hint: 'Somebody wants it kept: lift that in Proxmox first.',
      })
    return {
      summary: `Delete the backup ${archive}, as it was made`,
      targets: [targetOf(instance, 'backup', archive.replace(':', '/'))],
      diff: [`archive ${archive}: there → gone`],
    }
  },
  async run({ node, archive }, { client, signal, progress }) {
    const started = await client.deleteVolume(node, archive, signal)
    if (typeof started === 'string') await client.tasks.wait(started, { signal, progress })
    return { deleted: archive }
  },
  settled: ({ archive }) => archive === null || 'it is still there',
  undo: (_, { guest, archive }) => ({ tool: 'backup_guest', input: { guest, storage: archive.split(':')[0] ?? '' } }),
})
