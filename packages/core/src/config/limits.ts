import { z } from 'zod'
import type { AdmissionLimits } from '../call/admission.ts'
import { ToolError } from '../define/error.ts'
import type { ConfigurationFile } from './file.ts'
import { recordOf, refuseUnknown } from './shape.ts'

/** How much a process takes on at once. */
export interface Limits extends AdmissionLimits {
  /** Calls of one principal. */
  callsPerMinute: number
}

/** What holds where nothing is said: far more than assistants ask for, and less than what harms a small host. */
export const defaultLimits: Limits = { callsPerMinute: 1_200, callsAtOnce: 8, callsWaiting: 64 }

/** Keys that may stand under `limits`, and under that of a service. */
export const limitKeys = { all: ['callsPerMinute', 'callsAtOnce', 'callsWaiting'], service: ['callsAtOnce', 'callsWaiting'] } as const

const least: Limits = { callsPerMinute: 1, callsAtOnce: 1, callsWaiting: 0 }
const most = 1_000_000

/** Reads the limits of the process; throws `invalid_config` naming the line. */
export function limitsOf(value: unknown, file: ConfigurationFile | undefined): Limits {
  return { ...defaultLimits, ...given(value, limitKeys.all, file, ['limits']) }
}

/** Reads what a service says of its instances; undefined where it says nothing. */
export function serviceLimitsOf(
  value: unknown,
  file: ConfigurationFile | undefined,
  service: string,
): Partial<AdmissionLimits> | undefined {
  return value === undefined ? undefined : given(value, limitKeys.service, file, ['services', service, 'limits'])
}

function given(value: unknown, keys: readonly (keyof Limits)[], file: ConfigurationFile | undefined, path: readonly string[]) {
  const entries = recordOf(value, 'limits', file, ...path)
  refuseUnknown(Object.keys(entries), keys, file, ...path)
  const limits: Partial<Limits> = {}
  for (const key of keys) {
    if (entries[key] === undefined) continue
    const parsed = z.number().int().min(least[key]).max(most).safeParse(entries[key])
    if (!parsed.success)
      throw new ToolError(
        'invalid_config',
        `${file?.at(...path, key) ?? 'configuration'}: '${key}' must be a whole number of at least ${least[key]}.`,
        {
          hint: 'Write `limits: { callsPerMinute: 1200, callsAtOnce: 8, callsWaiting: 64 }`.',
        },
      )
    limits[key] = parsed.data
  }
  return limits
}
