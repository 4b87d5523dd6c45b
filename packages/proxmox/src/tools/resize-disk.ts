import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { backupSentence, circumstancesOf } from '../circumstances.ts'
import { configuredGuest } from '../config-change.ts'
import { gibibytesIn } from '../disk-size.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { disksOf } from '../guest-config.ts'
import type { GuestPlace } from '../guest-place.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

interface DiskState extends GuestPlace {
  name: string
  status: string
  lock: string | undefined
  digest: string | undefined
  disk: string
  storage: string | undefined
  size: string | undefined
}

const readState: StateReader<{ guest: string; disk: string }, DiskState> = async ({ guest: reference, disk }, { client, signal }) => {
  const { config, ...guest } = await configuredGuest(reference, client, signal)
  const disks = disksOf(guest.kind, config)
  const found = disks.find(({ key }) => key === disk)
  if (found === undefined)
    throw new ToolError('not_found', `${guest.name} has no disk '${disk}'.`, {
      hint: `It has ${disks.map(({ key }) => key).join(', ') || 'none'}.`,
    })
  const { storage, size } = found
  return { ...guest, disk, storage, size }
}

/** Makes a disk of a guest larger. */
export const resizeDisk = defineTool({
  name: 'resize_disk',
  title: 'Make a disk larger',
  description: 'Make a disk of a VM or container larger; it can never be made smaller again.',
  access: 'admin',
  toolset: 'lifecycle',
  idempotent: true,
  wayBackFirst: true,
  input: z.object({
    guest: guestInput,
    disk: z.string().min(1).describe('As scsi0; get_guest tells.'),
    gib: z.number().int().min(1).max(131_072).describe('New size.'),
  }),
  output: z.object({
    guest: z.string().describe('Name.'),
    disk: z.string().describe('Device.'),
    size: z.string().optional().describe('Size it has now.'),
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: readState,
  // A snapshot that is taken first makes another digest: it guards what is sent, and the plan rests on the disk.
  basis: ({ id, node, lock, disk, storage, size }) => ({ id, node, lock: lock ?? null, disk, storage, size }),
  async plan({ gib }, { state, client, instance, signal }) {
    refuseLocked(state)
    const target = targetOf(instance, 'guest', state.id)
    const size = gibibytesIn(state.size)
    if (size === gib)
      return {
        summary: `${state.disk} of ${nameOf(state)} has ${gib} GiB already: there is nothing to do.`,
        targets: [target],
        nothing: true,
      }
    if (size !== undefined && size > gib)
      throw new ToolError('invalid_input', `${state.disk} of ${nameOf(state)} has ${state.size}: a disk is never made smaller.`, {
        hint: `Set gib to more than ${Math.floor(size)}.`,
      })
    if (state.storage === undefined)
      throw new ToolError('conflict', `${state.disk} of ${nameOf(state)} is a path of its node, and no disk.`, {
        hint: 'Its size is that of the node.',
      })
    const view = await client.resources(signal)
    const around = await circumstancesOf(client, findGuest(view.guests, String(state.id)), view, signal)
    const place = view.storages.find(({ name, node }) => name === state.storage && node === state.node)
    const free = place?.total === undefined || place.used === undefined ? undefined : Math.floor((place.total - place.used) / 1024 ** 3)
    return {
      summary: `Make ${state.disk} of ${nameOf(state)} larger: ${state.size ?? 'unknown'} → ${gib} GiB`,
      targets: [target],
      diff: [`${state.disk} on ${state.storage}: ${state.size ?? 'unknown'} → ${gib}G`],
      warnings: [
        'It can never be made smaller again.',
        ...(state.kind === 'qemu' ? ['The partition and file system inside are grown by the guest itself, or by hand.'] : []),
        ...(free !== undefined && free < gib - (size ?? 0) ? [`${state.storage} has ${free} GiB free: less than it grows by.`] : []),
        ...(around.replication.length > 0 ? ['It is replicated: the copy grows with the next run.'] : []),
        backupSentence(around),
      ],
    }
  },
  async run({ gib }, { state, client, signal, progress }) {
    const started = await client.resize(state, { disk: state.disk, size: `${gib}G`, digest: state.digest }, signal)
    // Older versions are done when they answer.
    const ended = typeof started === 'string' ? await client.tasks.wait(started, { signal, progress }) : undefined
    return { guest: state.name, disk: state.disk, warnings: some(ended?.warnings ?? []) }
  },
  settled: (after, { gib }) => gibibytesIn(after.size) === gib || `it has ${after.size}`,
  verified: (told, { size }) => ({ ...told, size }),
  undo: 'irreversible',
})
