/** What a tool may do, weakest first; a tier is the highest access granted. */
export const accessLevels = ['observe', 'operate', 'configure', 'admin'] as const

/** One of the four kinds of access a tool can need. */
export type Access = (typeof accessLevels)[number]

/** The highest access granted to a process, a service or a principal. */
export type Tier = Access

/** What `RACKWARDEN_ADMIN` must say, to the letter, before the tier `admin` can be granted. */
export const adminAcknowledgement = 'I-understand-the-assistant-can-break-this-lab'

/** The highest tier anybody can be given by a process with this environment: `admin` only where its owner says that they know. */
export function highestTier(environment: Readonly<Record<string, string | undefined>>): Tier {
  return environment['RACKWARDEN_ADMIN'] === adminAcknowledgement ? 'admin' : 'configure'
}

/** Reports whether `tier` is enough for a tool of this `access`. */
export function allows(tier: Tier, access: Access): boolean {
  return accessLevels.indexOf(tier) >= accessLevels.indexOf(access)
}

/** Returns the lowest of the given tiers; what is undefined does not count. */
export function lowestTier(first: Tier, ...others: readonly (Tier | undefined)[]): Tier {
  let lowest = first
  for (const tier of others) if (tier !== undefined && !allows(tier, lowest)) lowest = tier
  return lowest
}
