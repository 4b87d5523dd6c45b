/** Counts attempts by key; gives the seconds to wait where there were too many in the minute, and undefined where not. */
export type RateLimit = (key: string) => number | undefined

const windowMs = 60_000

/** Makes a limit of so many attempts a minute for each key. */
export function createRateLimit(most: number, now: () => number): RateLimit {
  let began = -Infinity
  let counts = new Map<string, number>()
  return (key) => {
    if (now() - began >= windowMs) [began, counts] = [now(), new Map()]
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > most ? Math.ceil((began + windowMs - now()) / 1_000) : undefined
  }
}
