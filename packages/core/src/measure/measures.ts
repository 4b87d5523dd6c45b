/** What tells the readings of one measure apart; few values each, for every one is kept by whoever collects them. */
export type Labels = Readonly<Record<string, string>>

/** One number. */
export interface Reading {
  labels: Labels
  value: number
}

/** How values are spread: how many are no larger than each bound, how many there are, and their sum. */
export interface Spread {
  labels: Labels
  /** One for each bound of the measure. */
  counts: readonly number[]
  count: number
  sum: number
}

/** Something a process measures, by a name of Prometheus. */
export type Measure = { name: string; help: string } & (
  | { kind: 'counter' | 'gauge'; readings: readonly Reading[] }
  | { kind: 'histogram'; bounds: readonly number[]; spreads: readonly Spread[] }
)

/** Everything a process measures; nothing is computed before somebody reads it. */
export interface Measures {
  /** Adds a source until the answer is called. */
  add(source: () => readonly Measure[]): () => void
  /** Keeps what was seen last, in the place of what was seen before. */
  put(measure: Measure): void
  /** What every source says now. Measures of one name are of one kind. */
  read(): readonly Measure[]
}

/** Makes the measures of a process. */
export function createMeasures(): Measures {
  const sources = new Set<() => readonly Measure[]>()
  const kept = new Map<string, Measure>()
  return {
    add(source) {
      sources.add(source)
      return () => void sources.delete(source)
    },
    put: (measure) => void kept.set(measure.name, measure),
    read: () => [...[...sources].flatMap((source) => source()), ...kept.values()],
  }
}

/** A measure of one number. */
export function oneNumber(kind: 'counter' | 'gauge', name: string, help: string, value: number): Measure {
  return { kind, name, help, readings: [{ labels: {}, value }] }
}
