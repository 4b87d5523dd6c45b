import { accessLevels, allows, type Access } from '@rackwarden/core'
import type { Permissions } from './cluster-schema.ts'

type Tier = Access

// What the tools of each tier need; a tier needs those below it, too.
const common: Readonly<Record<Tier, readonly string[]>> = {
  observe: ['VM.Audit', 'Sys.Audit', 'Datastore.Audit'],
  operate: ['VM.PowerMgmt'],
  configure: [
    'VM.Snapshot',
    'VM.Backup',
    'VM.Clone',
    'VM.Migrate',
    'VM.Config.CPU',
    'VM.Config.Memory',
    'VM.Config.Options',
    'VM.Config.Network',
    'VM.Config.Cloudinit',
    'VM.Config.HWType',
    'VM.Config.CDROM',
    // What makes a guest may delete one, as far as Proxmox goes; below, only what was just made is.
    'VM.Allocate',
    'VM.Config.Disk',
    'Datastore.AllocateSpace',
    'SDN.Use',
  ],
  admin: [],
}
// The guest agent is looked at by a right of its own from 9 on. In 8 it takes one that runs commands in the guest, too, so
// what the agent sees is not seen below admin there.
const agent: Readonly<Record<8 | 9, Readonly<Partial<Record<Tier, readonly string[]>>>>> = {
  8: { admin: ['VM.Monitor'] },
  9: { observe: ['VM.GuestAgent.Audit'], admin: ['VM.GuestAgent.Unrestricted'] },
}

/** The privileges a token of a tier should have, of a major version of Proxmox VE. */
export function privilegesFor(tier: Tier, major: number): string[] {
  const ofAgent = agent[major >= 9 ? 9 : 8]
  const upTo = accessLevels.filter((level) => allows(tier, level))
  return upTo.flatMap((level) => [...common[level], ...(ofAgent[level] ?? [])])
}

/** The tier a privilege is for; what no tool needs is for none below admin. */
export function tierOfPrivilege(privilege: string, major: number): Tier {
  return accessLevels.find((level) => privilegesFor(level, major).includes(privilege)) ?? 'admin'
}

/** Whether a privilege holds at a path: the nearest path that is told of decides. */
export function holds(permissions: Permissions, path: string, privilege: string): boolean {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const told = permissions[at]
    if (told !== undefined) return at === path ? privilege in told : told[privilege] === true
    if (at === '/') return false
  }
}

/** What the token cannot see, a sentence each; empty lists are no proof that there is nothing. */
export function blindSpots(permissions: Permissions, { guests }: { guests: number }): string[] {
  const lacks = (path: string, privilege: string) => !holds(permissions, path, privilege)
  return [
    ...(lacks('/vms', 'VM.Audit') ? [`This token sees ${guests} guests; it lacks VM.Audit on /vms, so there may be more.`] : []),
    ...(lacks('/storage', 'Datastore.Audit')
      ? ['It lacks Datastore.Audit on /storage: storages, and the backups in them, may be missing.']
      : []),
    ...(lacks('/nodes', 'Sys.Audit') ? ['It lacks Sys.Audit on /nodes: load, services, disks and tasks of others cannot be seen.'] : []),
    ...(lacks('/', 'Sys.Audit') ? ['It lacks Sys.Audit on /: quorum, HA, Ceph and backup jobs cannot be seen.'] : []),
  ]
}
