import { accessLevels, type Tier } from '@rackwarden/core'

/** The role of a tier, as it is called in the cluster. */
export function roleOf(tier: Tier): string {
  return `Rackwarden${tier.charAt(0).toUpperCase()}${tier.slice(1)}`
}

/** The roles a setup may have made. */
export const roles: readonly string[] = accessLevels.map(roleOf)
