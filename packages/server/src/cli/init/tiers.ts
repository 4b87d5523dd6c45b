import { accessLevels, type Service, type Tier } from '@rackwarden/core'
import type { Configuration } from '@rackwarden/core/runtime'
import type { ConfigurationDocument } from './configuration-document.ts'

/**
 * Writes the tier of each service beside it. The file's own tier is a ceiling over all of them, so it is raised to the
 * highest; whoever has no tier of their own is first given the one that counted so far. Says what it was raised to.
 */
export function writeTiers(
  document: ConfigurationDocument,
  tiers: ReadonlyMap<string, Tier>,
  { services }: Configuration,
): Tier | undefined {
  const before = accessLevels.find((level) => level === document.tierOf()) ?? 'observe'
  for (const [name, tier] of tiers) document.setTier(tier, name)
  const highest = [...tiers.values(), before].reduce((first, second) => (rank(second) > rank(first) ? second : first))
  if (highest !== before) {
    const others = Object.entries(services).filter(([name, { instances }]) => instances.length > 0 && !tiers.has(name))
    for (const [name] of others) if (document.tierOf(name) === undefined) document.setTier(before, name)
  }
  if (highest !== before || !document.existed) document.setTier(highest)
  return highest === before ? undefined : highest
}

/** The services whose tier has to be settled: those that are new to the file. */
export function withoutTier(document: ConfigurationDocument, services: Iterable<Service>): Service[] {
  return [...new Set(services)].filter(({ name }) => document.tierOf(name) === undefined && document.instancesOf(name).length === 0)
}

function rank(tier: Tier): number {
  return accessLevels.indexOf(tier)
}
