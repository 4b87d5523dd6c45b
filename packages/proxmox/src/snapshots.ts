import type { ProxmoxClient } from './client.ts'
import { bindMounts, disksOf, passedThrough } from './guest-config.ts'
import type { GuestConfig, Snapshot } from './guest-schema.ts'
import type { Guest, ResourceView } from './resources.ts'

/** What the names of snapshots begin with that were made here: only these are rolled back to and deleted. */
export const managedPrefix = 'rackwarden-'

const longestName = 40

/** Whether a snapshot was made here. */
export function isManaged(name: string): boolean {
  return name.startsWith(managedPrefix)
}

/** The name of a snapshot to be made: what is wanted behind the prefix, or the next number. */
export function managedName(existing: readonly string[], wanted: string | undefined): string {
  if (wanted !== undefined) return (isManaged(wanted) ? wanted : `${managedPrefix}${wanted}`).slice(0, longestName)
  const numbers = existing.flatMap((name) => new RegExp(`^${managedPrefix}(\\d+)$`).exec(name)?.[1] ?? [])
  return `${managedPrefix}${Math.max(0, ...numbers.map(Number)) + 1}`
}

/** Snapshots without the row that stands for the guest as it is. */
export function realSnapshots(rows: readonly Snapshot[]): Snapshot[] {
  return rows.filter(({ name }) => name !== 'current').toSorted((first, second) => (first.snaptime ?? 0) - (second.snaptime ?? 0))
}

const never = new Set(['lvm', 'iscsi', 'iscsidirect', 'esxi', 'pbs'])
const byFormat = new Set(['dir', 'nfs', 'cifs', 'cephfs', 'btrfs'])

/** Whether a guest can be snapshotted, and why not: Proxmox says only no. */
export async function snapshotCapability(
  client: ProxmoxClient,
  guest: Guest,
  config: GuestConfig,
  { storages }: Pick<ResourceView, 'storages'>,
  signal: AbortSignal,
): Promise<{ isCapable: boolean; reason: string | undefined }> {
  if (guest.isTemplate) return { isCapable: false, reason: 'it is a template' }
  if (await client.canSnapshot(guest, signal)) {
    const devices = passedThrough(config).filter((device) => device.startsWith('hostpci'))
    return { isCapable: true, reason: devices.length > 0 ? 'without RAM, for devices are passed through to it' : undefined }
  }
  const mounts = bindMounts(guest.kind, config).map(({ key, volume }) => `${key} mounts ${volume} of its node`)
  const disks = disksOf(guest.kind, config).flatMap(({ key, storage, volume }) => {
    const type = storages.find(({ name }) => name === storage)?.type
    if (type === undefined) return []
    if (never.has(type)) return [`${key} is on ${storage}, and ${type} has no snapshots`]
    return byFormat.has(type) && !volume.endsWith('.qcow2') ? [`${key} is on ${storage} (${type}) and not in the format qcow2`] : []
  })
  const reasons = [...mounts, ...disks]
  return { isCapable: false, reason: reasons.length > 0 ? reasons.join('; ') : 'a storage of its disks has no snapshots' }
}
