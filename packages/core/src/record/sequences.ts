import { jsonIn } from './json.ts'
import type { StateStore } from './state-store.ts'

/** One call of a sequence. */
export interface SequenceStep {
  /** As it is called. */
  name: string
  /** Hash of service, tool, input and instances: what the call is known by. */
  key: string
  /** What it takes away. */
  target: string
  isDone?: boolean
}

/** Calls that belong together, to be made one after the other: their changes are one group. */
export interface Sequence {
  /** The group of its changes. */
  id: string
  principal: string
  title: string
  /** What it is about is called. */
  names: readonly string[]
  /** Milliseconds since the epoch. */
  expires: number
  steps: readonly SequenceStep[]
}

/** The sequences of a state directory. */
export interface Sequences {
  keep(sequence: Sequence): Promise<void>
  drop(id: string): Promise<void>
  /** Those of a principal that are not past. */
  of(principal: string): Promise<Sequence[]>
}

const directory = 'sequences'

/** Keeps them as records of the store, a file each; what is past is taken away. */
export function createSequences(store: StateStore, clock: { now(): number }): Sequences {
  const path = (id: string) => `${directory}/${id}.json`
  return {
    keep: (sequence) => store.write(path(sequence.id), JSON.stringify(sequence)),
    drop: (id) => store.remove(path(id)),
    async of(principal) {
      const names = (await store.list(directory)).filter((name) => name.endsWith('.json'))
      const found = await Promise.all(
        names.map(async (name): Promise<Sequence[]> => {
          const text = await store.read(`${directory}/${name}`)
          const sequence = text === undefined ? undefined : (jsonIn(text) as Partial<Sequence> | undefined)
          if (typeof sequence?.expires !== 'number' || !Array.isArray(sequence.steps)) return []
          if (sequence.expires >= clock.now()) return [sequence as Sequence]
          await store.remove(`${directory}/${name}`).catch(() => undefined)
          return []
        }),
      )
      return found.flat().filter((sequence) => sequence.principal === principal)
    },
  }
}
