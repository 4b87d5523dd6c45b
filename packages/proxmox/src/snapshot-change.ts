import { ToolError } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import { locateGuest, nameOf, type LocatedGuest } from './find-guest.ts'
import { isManaged, realSnapshots } from './snapshots.ts'

/** What making, deleting and going back to snapshots depends on. */
export interface SnapshotState extends LocatedGuest {
  status: string
  lock: string | undefined
  /** Oldest first. */
  snapshots: readonly { name: string; takenAt: number; hasMemory: boolean; parent: string | undefined }[]
  /** Of its configuration, as Proxmox hashes it. */
  digest: string | undefined
}

/** Reads a guest with its snapshots. */
export async function snapshotStateOf(reference: string, client: ProxmoxClient, signal: AbortSignal): Promise<SnapshotState> {
  const guest = await locateGuest(reference, client, signal)
  const [status, rows, config] = await Promise.all([
    client.status(guest, signal),
    client.snapshots(guest, signal),
    client.guestConfig(guest, signal),
  ])
  return {
    ...guest,
    status: status.status,
    lock: status.lock,
    snapshots: realSnapshots(rows).map((row) => ({
      name: row.name,
      takenAt: row.snaptime ?? 0,
      hasMemory: row.vmstate,
      parent: row.parent,
    })),
    digest: config['digest'],
  }
}

/** The part of it a plan is bound to; a snapshot changes the digest itself. */
export function snapshotBasis({ id, node, status, lock, snapshots }: SnapshotState): unknown {
  return { id, node, status, lock: lock ?? null, snapshots }
}

/** Refuses what is locked. */
export function refuseLocked(state: Pick<SnapshotState, 'name' | 'id' | 'lock' | 'node'>): void {
  if (state.lock === undefined) return
  throw new ToolError('conflict', `${nameOf(state)} is locked (${state.lock}): something else is at work on it.`, {
    hint: `Wait until that ends; get_node node=${state.node} shows tasks that failed, after which a lock may stay.`,
  })
}

/** Finds a snapshot that was made here; another one is its maker's. */
export function managedSnapshot(state: SnapshotState, name: string) {
  const found = state.snapshots.find((one) => one.name === name) ?? state.snapshots.find((one) => one.name === `rackwarden-${name}`)
  if (found === undefined)
    throw new ToolError('not_found', `${nameOf(state)} has no snapshot '${name}'.`, {
      hint: `It has ${state.snapshots.map((one) => one.name).join(', ') || 'none'}.`,
    })
  if (!isManaged(found.name))
    throw new ToolError('protected', `The snapshot ${found.name} was not made by Rackwarden, and is left to whoever made it.`, {
      hint: 'list_snapshots marks the managed ones; others are handled in Proxmox itself.',
    })
  return found
}

/** Rollbacks of a guest within this time that no further one follows. */
export const rollbackLimit = { count: 3, minutes: 10 }

/** Refuses to roll back once more what was just rolled back again and again: what breaks then is not in the guest. */
export async function refuseLoop(state: SnapshotState, client: ProxmoxClient, signal: AbortSignal): Promise<void> {
  const { at } = await client.resources(signal)
  const since = Math.floor(at / 1_000) - rollbackLimit.minutes * 60
  const typefilter = state.kind === 'qemu' ? 'qmrollback' : 'vzrollback'
  const done = await client.tasks.of(state.node, signal, { vmid: state.id, since, typefilter, source: 'all', limit: 50 })
  if (done.filter(({ starttime }) => starttime >= since).length < rollbackLimit.count) return
  throw new ToolError(
    'rate_limited',
    `${nameOf(state)} was rolled back ${rollbackLimit.count} times in the last ${rollbackLimit.minutes} minutes: it does not stay well.`,
    { hint: 'Find out why before the next one: what breaks it is not in the snapshot. It is possible again a while later.' },
  )
}
