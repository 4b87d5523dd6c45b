import { z } from 'zod'
import { jsonIn } from './json.ts'
import { keptRecords } from './kept-records.ts'
import { isAlive, thisProcess, type OwnerProcess } from './owner-process.ts'
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
  /** Takes a step for this process, so that it happens once; false where another that lives is at it. */
  take(id: string, key: string): Promise<boolean>
  /** Lets go of a step this process took. */
  leave(id: string, key: string): Promise<void>
  /** Those of a principal that are not past. */
  of(principal: string): Promise<Sequence[]>
}

/** How long a sequence is kept. */
export const sequenceLifetimeMs = 24 * 60 * 60_000

const directory = 'sequences'
const takenDirectory = 'sequences/taken'
/** Longest that a process of another machine, which cannot be seen, is believed to be at a step. */
const longestStepMs = 60 * 60_000

const shape = z.object({
  id: z.string(),
  principal: z.string(),
  title: z.string(),
  names: z.array(z.string()),
  expires: z.number(),
  steps: z.array(z.object({ name: z.string(), key: z.string(), target: z.string(), isDone: z.literal(true).optional() })),
})

/** Who is at a step. */
interface Taken extends OwnerProcess {
  /** Milliseconds since the epoch. */
  at: number
}

/** Keeps them as records of the store, a file each; what is past is taken away, and what is none is passed over. */
export function createSequences(store: StateStore, clock: { now(): number }): Sequences {
  const path = (id: string) => `${directory}/${id}.json`
  const takenOf = async (start: string) => (await store.list(takenDirectory)).filter((name) => name.startsWith(`${start}.`))
  const drop = async (id: string) => {
    await store.remove(path(id))
    for (const name of await takenOf(id)) await store.remove(`${takenDirectory}/${name}`)
  }
  const isTaken = async (name: string): Promise<boolean> => {
    const taken = jsonIn((await store.read(`${takenDirectory}/${name}`)) ?? '') as Taken | undefined
    return taken !== undefined && isAlive(taken) && taken.at > clock.now() - longestStepMs
  }
  const turnOf = (name: string) => Number(name.split('.').at(-1))
  return {
    keep: (sequence) => store.write(path(sequence.id), JSON.stringify(sequence)),
    drop,
    async take(id, key) {
      const earlier = (await takenOf(`${id}.${key}`)).toSorted((first, second) => turnOf(first) - turnOf(second)).at(-1)
      if (earlier !== undefined && (await isTaken(earlier))) return false
      // Of several that find the last one gone, one gets the next turn.
      const turn = earlier === undefined ? 1 : turnOf(earlier) + 1
      return store.create(`${takenDirectory}/${id}.${key}.${turn}`, JSON.stringify({ ...thisProcess(), at: clock.now() } satisfies Taken))
    },
    async leave(id, key) {
      for (const name of await takenOf(`${id}.${key}`)) await store.remove(`${takenDirectory}/${name}`)
    },
    async of(principal) {
      const found = await keptRecords<Sequence>(store, directory, shape)
      for (const { id } of found.filter(({ expires }) => expires < clock.now())) await drop(id).catch(() => undefined)
      // One that was kept by a clock far ahead of this one would never be past.
      const isNow = ({ expires }: Sequence) => expires >= clock.now() && expires <= clock.now() + 2 * sequenceLifetimeMs
      return found.filter((sequence) => sequence.principal === principal && isNow(sequence))
    },
  }
}
