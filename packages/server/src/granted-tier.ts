import { accessLevels, ToolError, type Tier } from '@rackwarden/core'

/** Checks that a tier a person wrote can be granted. */
export function grantedTier(tier: string): Tier {
  if (tier === 'admin')
    throw new ToolError('invalid_input', 'The tier admin cannot be granted in this version', {
      hint: 'Grant observe, operate or configure.',
    })
  const found = accessLevels.find((level) => level === tier)
  if (found === undefined)
    throw new ToolError('invalid_input', `'${tier}' is not a tier`, { hint: 'The tiers are observe, operate and configure.' })
  return found
}
