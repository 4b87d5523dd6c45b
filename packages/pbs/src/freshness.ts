import type { GroupFacts } from './inventory.ts'

/** A group without a fresh backup for so long belongs to something that is gone, more often than not. */
export const abandonedDays = 30

/** How a group stands to what may be lost. */
export interface Freshness {
  group: GroupFacts
  /** Hours since the newest backup; undefined where none was finished. */
  hours: number | undefined
  verdict: 'fresh' | 'stale' | 'abandoned' | 'never finished'
}

/** Holds groups to the hours they may be without a backup, the worst first. */
export function freshnessOf(groups: readonly GroupFacts[], { now, rpoHours }: { now: number; rpoHours: number }): Freshness[] {
  const rated = groups.map((group): Freshness => {
    if (group.newest === undefined) return { group, hours: undefined, verdict: 'never finished' }
    const hours = (now / 1_000 - group.newest) / 3_600
    const verdict = hours <= rpoHours ? 'fresh' : hours > Math.max(rpoHours, abandonedDays * 24) ? 'abandoned' : 'stale'
    return { group, hours: Math.max(0, Math.round(hours)), verdict }
  })
  const order = ['never finished', 'stale', 'abandoned', 'fresh']
  return rated.toSorted(
    (first, second) => order.indexOf(first.verdict) - order.indexOf(second.verdict) || (second.hours ?? 0) - (first.hours ?? 0),
  )
}
