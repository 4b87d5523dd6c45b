/** Counts one more of a key; gives the seconds to wait where there were too many, and undefined where not. */
export type RateLimit = (key: string) => number | undefined

/** What a key has left, and when that was so. */
interface Allowance {
  left: number
  at: number
}

const windowMs = 60_000
/** Keys are looked through for those that rest whenever there are so many more. */
const tidyEvery = 256

/** Makes a limit of so many a minute for each key: all of them at once, and then as fast as they come back. */
export function createRateLimit(most: number, now: () => number): RateLimit {
  const allowances = new Map<string, Allowance>()
  let tidyAt = tidyEvery

  const leftAt = ({ left, at }: Allowance, time: number) => Math.min(most, left + (Math.max(0, time - at) * most) / windowMs)

  function tidy(time: number): void {
    for (const [key, allowance] of allowances) if (leftAt(allowance, time) >= most) allowances.delete(key)
    tidyAt = allowances.size + tidyEvery
  }

  return (key) => {
    const time = now()
    const known = allowances.get(key)
    const left = known === undefined ? most : leftAt(known, time)
    if (known === undefined && allowances.size >= tidyAt) tidy(time)
    if (left < 1) {
      allowances.set(key, { left, at: time })
      return Math.max(1, Math.ceil(((1 - left) * windowMs) / most / 1_000))
    }
    allowances.set(key, { left: left - 1, at: time })
    return undefined
  }
}
