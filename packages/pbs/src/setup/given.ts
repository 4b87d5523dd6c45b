import type { Tier } from '@rackwarden/core'
import { roles } from '../roles.ts'

/** A role at a path. */
export interface Given {
  path: string
  role: string
}

const looking: readonly Given[] = [{ path: '/', role: 'Audit' }]
const working: readonly Given[] = [
  ...looking,
  // The smallest role that may verify; that it may read backups, too, cannot be had apart.
  { path: '/datastore', role: 'DatastoreReader' },
  { path: '/datastore', role: 'DatastoreBackup' },
  { path: '/remote', role: 'RemoteSyncOperator' },
]

/** What a token of a tier is given; a role at a path takes the place of those above it. */
export const givenTo: Readonly<Record<Tier, readonly Given[]>> = {
  observe: [...looking, { path: '/remote', role: 'RemoteAudit' }],
  operate: working,
  // To protect what others backed up takes the right to delete it, and that is left to admin.
  configure: working,
  admin: [...looking, { path: '/datastore', role: 'DatastoreAdmin' }, { path: '/remote', role: 'RemoteSyncOperator' }],
}

/** The privileges a token of a tier has at a path. */
export function privilegesAt(tier: Tier, path: string): readonly string[] {
  const given = givenTo[tier]
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const here = given.filter((one) => one.path === at)
    if (here.length > 0) return [...new Set(here.flatMap(({ role }) => roles[role] ?? []))]
    if (at === '/') return []
  }
}
