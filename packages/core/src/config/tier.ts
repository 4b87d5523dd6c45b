import { accessLevels, adminAcknowledgement, allows, highestTier, type Tier } from '../define/access.ts'
import { ToolError, type ErrorCode } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { Environment } from './environment.ts'

/** Reads a tier; throws for a word that is none, and for `admin` where its owner did not say that they know what it means. */
export function tierOf(value: unknown, where: string, environment: Environment, code: ErrorCode = 'invalid_config'): Tier | undefined {
  if (value === undefined || value === null) return undefined
  const written = typeof value === 'string' ? value : JSON.stringify(value)
  const tier = accessLevels.find((level) => level === value)
  if (tier === undefined)
    throw new ToolError(code, `${where}: '${written}' is not a tier.${didYouMean(written, accessLevels)}`, {
      hint: 'The tiers are observe, operate, configure and admin.',
    })
  if (allows(highestTier(environment), tier)) return tier
  throw new ToolError(code, `${where}: the tier 'admin' is not granted without RACKWARDEN_ADMIN.`, {
    hint: `It lets an assistant delete, run commands and reveal secrets. If that is meant, set RACKWARDEN_ADMIN=${adminAcknowledgement}, to the letter.`,
  })
}
