import { privilegesFor } from '../privileges.ts'
import type { ProxmoxWorld, SimulatedToken } from './world.ts'

/** A token that may do what the tools of every tier need. */
export function wholeToken(release: 8 | 9, secret: string): SimulatedToken {
  return { secret, rights: { '/': [...privilegesFor('admin', release), 'Sys.Modify'] } }
}

/** What a token may at a path: the nearest place it was given anything at decides. */
export function privilegesAt({ rights }: SimulatedToken, path: string): readonly string[] {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const given = rights[at]
    if (given !== undefined) return given
    if (at === '/') return []
  }
}

/** What `/access/permissions` tells: the usual places, and those the token was given something at. */
export function permissionsOf(token: SimulatedToken): Record<string, Record<string, number>> {
  const places = new Set(['/', '/vms', '/nodes', '/storage', '/access', '/pool', '/sdn', ...Object.keys(token.rights)])
  return Object.fromEntries(
    [...places].map((path) => [path, Object.fromEntries(privilegesAt(token, path).map((privilege) => [privilege, 1]))]),
  )
}

/** Tokens of a world, by their ids. */
export function tokensOf({ tokens, release = 9 }: ProxmoxWorld): Readonly<Record<string, SimulatedToken>> {
  return tokens ?? { 'rackwarden@pve!pretend': wholeToken(release, 'pretend-5ecr-e7f0-proxmox-token') }
}
