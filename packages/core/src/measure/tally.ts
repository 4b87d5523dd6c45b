import type { Labels, Reading, Spread } from './measures.ts'

/** Counts things by their labels. */
export interface Tally {
  add(labels: Labels, times?: number): void
  readings(): Reading[]
}

/** Makes a tally with nothing counted. */
export function createTally(): Tally {
  const counts = new Map<string, { labels: Labels; value: number }>()
  return {
    add(labels, times = 1) {
      const key = Object.values(labels).join('\n')
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { labels, value: times })
      else known.value += times
    },
    readings: () => [...counts.values()].map(({ labels, value }) => ({ labels, value })),
  }
}

/** Counts values by their labels and by how large they are. */
export interface SpreadTally {
  add(labels: Labels, value: number): void
  spreads(): Spread[]
}

/** Makes a tally of values. */
export function createSpreadTally(bounds: readonly number[]): SpreadTally {
  const spreads = new Map<string, { labels: Labels; counts: number[]; count: number; sum: number }>()
  return {
    add(labels, value) {
      const key = Object.values(labels).join('\n')
      let spread = spreads.get(key)
      if (spread === undefined) spreads.set(key, (spread = { labels, counts: bounds.map(() => 0), count: 0, sum: 0 }))
      for (const [index, bound] of bounds.entries()) if (value <= bound) spread.counts[index] = (spread.counts[index] ?? 0) + 1
      spread.count += 1
      spread.sum += value
    },
    spreads: () => [...spreads.values()].map((spread) => ({ ...spread, counts: [...spread.counts] })),
  }
}
