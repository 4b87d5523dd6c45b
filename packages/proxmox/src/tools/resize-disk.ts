import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'
import { backupSentence, circumstancesOf } from '../circumstances.ts'
import { gibibytesIn } from '../disk-size.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { disksOf } from '../guest-config.ts'
import type { GuestConfig } from '../guest-schema.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { planWayBack, snapshotFirst, snapshotNames, snapshotTaken, withWayBack, type WayBackOf } from '../way-back.ts'
import { defineTool, guestInput, some } from './define-tool.ts'

interface DiskState extends WayBackOf {
  status: string
  lock: string | undefined
  digest: string | undefined
  disk: string
  storage: string | undefined
  size: string | undefined
}

type Input = { guest: string; disk: string; snapshot_first?: boolean | undefined }
type Reader = (input: Input, context: { client: ProxmoxClient; signal: AbortSignal }) => Promise<DiskState>
const readState: Reader = async ({ guest: reference, disk, snapshot_first: isWanted }, { client, signal }) => {
  const { guests } = await client.resources(signal)
  const { kind, node, id, name, isTemplate } = findGuest(guests, reference)
  const place = { kind, node, id }
  const [status, config, snapshots] = await Promise.all([
    client.status(place, signal),
    client.guestConfig(place, signal),
    snapshotNames(place, isWanted, client, signal),
  ])
  const disks = disksOf(kind, config)
  const found = disks.find(({ key }) => key === disk)
  if (found === undefined)
    throw new ToolError('not_found', `${name} has no disk '${disk}'.`, {
      hint: `It has ${disks.map(({ key }) => key).join(', ') || 'none'}.`,
    })
  const { storage, size } = found
  return { ...place, name, isTemplate, status: status.status, lock: status.lock, digest: config['digest'], disk, storage, size, snapshots }
}

/** Makes a disk of a guest larger. */
export const resizeDisk = defineTool({
  name: 'resize_disk',
  title: 'Make a disk larger',
  description: 'Make a disk of a VM or container larger; it can never be made smaller again.',
  access: 'admin',
  toolset: 'lifecycle',
  idempotent: true,
  input: z.object({
    guest: guestInput,
    disk: z.string().min(1).describe('Device: scsi0, rootfs, mp0; get_guest shows them.'),
    gib: z.number().int().min(1).max(131_072).describe('Size it is to have in all.'),
    snapshot_first: snapshotFirst,
  }),
  output: z.object({
    guest: z.string().describe('Name.'),
    disk: z.string().describe('Device.'),
    size: z.string().optional().describe('Size it has now.'),
    snapshot: snapshotTaken,
    warnings: z.array(z.string()).optional().describe('What its task warned of.'),
  }),
  state: readState,
  basis: ({ id, node, lock, digest, snapshots }) => ({ id, node, lock: lock ?? null, digest, snapshots: snapshots ?? null }),
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
    const back = await planWayBack(state, { client, config: around.config, view, instance, signal })
    const place = view.storages.find(({ name, node }) => name === state.storage && node === state.node)
    const free = place?.total === undefined || place.used === undefined ? undefined : Math.floor((place.total - place.used) / 1024 ** 3)
    return {
      summary: `Make ${state.disk} of ${nameOf(state)} larger: ${state.size ?? 'unknown'} → ${gib} GiB`,
      targets: [target, ...back.targets],
      diff: [...back.diff, `${state.disk} on ${state.storage}: ${state.size ?? 'unknown'} → ${gib}G`],
      warnings: [
        'It can never be made smaller again.',
        ...(state.kind === 'qemu' ? ['The partition and file system inside are grown by the guest itself, or by hand.'] : []),
        ...(free !== undefined && free < gib - (size ?? 0) ? [`${state.storage} has ${free} GiB free: less than it grows by.`] : []),
        ...(around.replication.length > 0 ? ['It is replicated: the copy grows with the next run.'] : []),
        ...back.warnings,
        backupSentence(around),
      ],
    }
  },
  async run({ gib }, context) {
    const { state, client, signal, progress } = context
    return withWayBack(state, `make ${state.disk} larger`, context, async (snapshot) => {
      const digest = snapshot === undefined ? state.digest : (await unchanged(state, client, signal))['digest']
      const started = await client.resize(state, { disk: state.disk, size: `${gib}G`, digest }, signal)
      // Older versions are done when they answer.
      const ended = typeof started === 'string' ? await client.tasks.wait(started, { signal, progress }) : undefined
      return { guest: state.name, disk: state.disk, warnings: some(ended?.warnings ?? []) }
    })
  },
  settled: (after, { gib }) => gibibytesIn(after.size) === gib || `it has ${after.size}`,
  verified: (told, { size }) => ({ ...told, size }),
  undo: 'irreversible',
})

/** The configuration after a snapshot changed its digest; it must have changed nothing of the disk. */
async function unchanged(state: DiskState, client: ProxmoxClient, signal: AbortSignal): Promise<GuestConfig> {
  const config = await client.guestConfig(state, signal)
  if (disksOf(state.kind, config).find(({ key }) => key === state.disk)?.size === state.size) return config
  throw new ToolError('conflict', `Somebody changed ${state.disk} of ${nameOf(state)} while the snapshot was taken.`, {
    hint: 'Nothing else was done: plan it again.',
  })
}
