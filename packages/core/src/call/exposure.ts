import { ToolError, type ErrorCode } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'

/** How much of what there is a client is listed: every tool, or a few through which all others are found and called. */
export const exposures = ['all', 'search'] as const

/** One of the two exposures. */
export type Exposure = (typeof exposures)[number]

/** Reads an exposure; throws for a word that is none. */
export function exposureOf(value: unknown, where: string, code: ErrorCode = 'invalid_config'): Exposure | undefined {
  if (value === undefined || value === null) return undefined
  const written = typeof value === 'string' ? value : JSON.stringify(value)
  const exposure = exposures.find((known) => known === value)
  if (exposure !== undefined) return exposure
  throw new ToolError(code, `${where}: '${written.slice(0, 40)}' is not an exposure.${didYouMean(written, exposures)}`, {
    hint: "It is 'all', every tool listed, or 'search', a few through which the others are found and called.",
  })
}
