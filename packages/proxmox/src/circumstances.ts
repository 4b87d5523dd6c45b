import { usualBackupHours } from '@rackwarden/core'
import { attempt, ifAllowed } from './attempt.ts'
import { archivesOf, momentText, newestReal, type Archive } from './backups.ts'
import type { ProxmoxClient } from './client.ts'
import type { ReplicationJob } from './cluster-schema.ts'
import { bindMounts, disksOf, passedThrough, shutdownSeconds } from './guest-config.ts'
import { detailOf, type GuestDetail } from './guest-details.ts'
import type { GuestConfig, Snapshot } from './guest-schema.ts'
import type { OwnMachine } from './own-guest.ts'
import type { Guest, ResourceView } from './resources.ts'

/** Everything around a guest that a plan about it should know. */
export interface Circumstances {
  guest: Guest
  config: GuestConfig
  detail: GuestDetail
  snapshots: readonly Snapshot[]
  replication: readonly ReplicationJob[]
  newest: Archive | undefined
  /** False where the storages did not all tell their archives. */
  areBackupsKnown: boolean
  /** Storages of its disks that only its node reaches. */
  localStorages: readonly string[]
  now: number
}

/** Reads what is around a guest; what the token may not see is left out. */
export async function circumstancesOf(
  client: ProxmoxClient,
  guest: Guest,
  view: ResourceView,
  signal: AbortSignal,
): Promise<Circumstances> {
  const config = await client.guestConfig(guest, signal)
  const [detail, snapshots, replication, { archives, unread }] = await Promise.all([
    detailOf(client, guest, config, signal),
    ifAllowed(client.snapshots(guest, signal)),
    attempt(2_000, signal, async (own) => client.replicationJobs(own)),
    archivesOf(client, view, signal, { guest: guest.id }),
  ])
  const shared = new Set(view.storages.filter(({ isShared }) => isShared).map(({ name }) => name))
  const used = disksOf(guest.kind, config).flatMap(({ storage }) => storage ?? [])
  return {
    guest,
    config,
    detail,
    snapshots: (snapshots ?? []).filter(({ name }) => name !== 'current'),
    replication: (replication.value ?? []).filter((job) => job.guest === guest.id && !job.disable),
    newest: newestReal(archives).get(guest.id),
    areBackupsKnown: unread.length === 0,
    localStorages: [...new Set(used.filter((name) => !shared.has(name)))],
    now: view.at,
  }
}

/** Sentences on what ties a guest to its place or stands on it. */
export function tiesOf({ guest, config, snapshots, replication, localStorages }: Circumstances): string[] {
  const devices = passedThrough(config)
  const mounts = bindMounts(guest.kind, config)
  const withMemory = snapshots.filter(({ vmstate }) => vmstate).map(({ name }) => name)
  return [
    ...(devices.length > 0 ? [`It holds devices of ${guest.node} (${devices.join(', ')}): it runs there and nowhere else.`] : []),
    ...(localStorages.length > 0 ? [`Its disks are local to ${guest.node} (${localStorages.join(', ')}): it starts only there.`] : []),
    ...(mounts.length > 0
      ? [`Paths of ${guest.node} are mounted in it (${mounts.map(({ volume }) => volume).join(', ')}): no snapshot or backup has them.`]
      : []),
    ...(replication.length > 0 ? [`It is replicated to ${replication.map(({ target }) => target).join(', ')}.`] : []),
    ...(withMemory.length > 0 ? [`Snapshots with RAM: ${withMemory.join(', ')}.`] : []),
  ]
}

/** A sentence on whether it could be brought back. */
export function backupSentence({ newest, now, areBackupsKnown }: Pick<Circumstances, 'newest' | 'now' | 'areBackupsKnown'>): string {
  if (newest === undefined) return areBackupsKnown ? 'It has no backup.' : 'Whether it has a backup could not be seen.'
  const isFresh = now - newest.at <= usualBackupHours * 3_600_000
  return `Its newest backup is of ${momentText(newest.at)} (${newest.storage})${isFresh ? '' : ': not a fresh one'}.`
}

/** Sentences on what leans on a guest, as far as this machine and the configuration tell. */
export function dependentWarnings(
  { detail }: Pick<Circumstances, 'detail'>,
  { own, dependents }: { own: OwnMachine; dependents: ((hosts: readonly string[]) => readonly string[]) | undefined },
): string[] {
  const names = [detail.guest.name, ...detail.addresses]
  const others = dependents?.(names) ?? []
  const servers = own.nameServers.filter((server) => detail.addresses.includes(server))
  return [
    ...(servers.length > 0 ? [`This machine asks it for names (${servers.join(', ')}): DNS is away meanwhile.`] : []),
    ...(others.length > 0 ? [`Configured here and reached at it: ${others.join(', ')}. They are away meanwhile.`] : []),
  ]
}

/** A sentence on what HA makes of it. */
export function haSentence(ha: string | undefined, action: string): string[] {
  if (ha === undefined || ha === '' || ha === 'ignored') return []
  return action === 'start'
    ? [`HA manages it (${ha}): its requested state becomes started, and HA may start it on another node.`]
    : [`HA manages it (${ha}): its requested state becomes stopped, so that HA leaves it so.`]
}

/** A sentence on how long it is given to end. */
export function shutdownSentence({ guest, config, detail }: Pick<Circumstances, 'guest' | 'config' | 'detail'>, given?: number): string {
  const seconds = given ?? shutdownSeconds(guest.kind, config)
  const means =
    guest.kind === 'lxc' ? 'its init is told' : detail.agent === 'answers' ? 'its agent is told' : 'ACPI tells it, which a guest may ignore'
  return `It is given ${seconds} s to end by itself: ${means}.`
}
