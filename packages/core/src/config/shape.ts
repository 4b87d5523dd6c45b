import { ToolError } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { ConfigurationFile } from './file.ts'

/** Keys and values, or a refusal that says where in the file something else stands. */
export function recordOf(
  value: unknown,
  key: string,
  file: ConfigurationFile | undefined,
  ...path: readonly string[]
): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new ToolError('invalid_config', `${file?.at(...path) ?? key}: '${key}' must hold keys and values.`, {
    hint: 'See docs/architecture.md for the shape of rackwarden.yaml.',
  })
}

/** Refuses a key nobody reads, naming its line and the likeliest one that was meant. */
export function refuseUnknown(
  keys: readonly string[],
  known: readonly string[],
  file: ConfigurationFile | undefined,
  ...path: readonly string[]
): void {
  const unknown = keys.find((key) => !known.includes(key))
  if (unknown === undefined) return
  throw new ToolError(
    'invalid_config',
    `${file?.at(...path, unknown) ?? 'configuration'}: '${unknown}' is not known here.${didYouMean(unknown, known)}`,
    {
      hint: known.length === 0 ? 'Nothing may stand here.' : `Known here: ${known.join(', ')}.`,
    },
  )
}
