import { accessLevels, type Access, type FacetContext, type Rights } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import { privilegesFor, tierOfPrivilege } from './privileges.ts'

const mostNamed = 4

/** What the privileges of the token amount to, wherever it has them. */
export async function rights(client: ProxmoxClient, { signal }: FacetContext): Promise<Rights | undefined> {
  const [permissions, major] = await Promise.all([client.permissions(signal), client.major(signal)])
  const places = new Map<string, string>()
  for (const [path, privileges] of Object.entries(permissions))
    for (const privilege of Object.keys(privileges)) if (!places.has(privilege)) places.set(privilege, path)
  const tiers = [...places].map(([privilege, path]) => ({ privilege, path, tier: tierOfPrivilege(privilege, major) }))
  const highest = accessLevels.findLast((level): level is Access => tiers.some(({ tier }) => tier === level)) ?? 'observe'
  const needed = new Set(privilegesFor('admin', major))
  // What no tool needs says most.
  const telling = tiers
    .filter(({ tier }) => tier === highest)
    .toSorted((first, second) => Number(needed.has(first.privilege)) - Number(needed.has(second.privilege)))
    .map(({ privilege, path }) => `${privilege} on ${path}`)
  const named = telling.slice(0, mostNamed).join(', ')
  const more = telling.length > mostNamed ? ` and ${telling.length - mostNamed} more` : ''
  return { highest, evidence: telling.length === 0 ? 'it has no privileges at all' : `it has ${named}${more}` }
}
