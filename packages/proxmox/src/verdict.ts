/** A verdict on anything. */
export type Verdict = 'ok' | 'warn' | 'crit' | 'unknown'

/** The verdict on a number that is worse the greater it is. */
export function judged(value: number, { warn, crit }: { warn: number; crit: number }): Verdict {
  return value >= crit ? 'crit' : value >= warn ? 'warn' : 'ok'
}

/** A share in whole percent; nothing where either is not known. */
export function percentOf(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || total === undefined || total <= 0 ? undefined : Math.round((used / total) * 100)
}

/** Bytes as GiB, with one decimal below ten. */
export function gibibytes(bytes: number | undefined): number | undefined {
  if (bytes === undefined) return undefined
  const value = bytes / 1024 ** 3
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}
