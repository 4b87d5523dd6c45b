import { z } from 'zod'
import { keptRecords } from './kept-records.ts'
import { ownerShape, type OwnerProcess } from './owner-process.ts'
import type { StateStore } from './state-store.ts'

/** How far a write has come on one of several instances; `missed` where it was left out, or another failed before it was begun. */
export type PartState = (typeof partStates)[number]

const partStates = ['planned', 'running', 'done', 'failed', 'taken back', 'unknown', 'missed'] as const

/** A write to several mirrored instances that is under way, or did not come to be the same on all of them. */
export interface PartialWrite extends OwnerProcess {
  id: string
  /** The group of its changes. */
  group: string
  /** ISO 8601. */
  at: string
  principal: string
  service: string
  /** Unprefixed. */
  tool: string
  /** What was to be done, already redacted. */
  summary: string
  targets: readonly string[]
  instances: Readonly<Record<string, PartState>>
}

/** The writes of a state directory that are not the same everywhere; each is kept before it begins. */
export interface PartialWrites {
  keep(write: PartialWrite): Promise<void>
  /** Forgets it: it is everywhere, or nowhere. */
  drop(id: string): Promise<void>
  list(): Promise<PartialWrite[]>
}

const directory = 'partial'

const shape = z.object({
  id: z.string(),
  group: z.string(),
  at: z.string(),
  principal: z.string(),
  service: z.string(),
  tool: z.string(),
  summary: z.string(),
  targets: z.array(z.string()),
  instances: z.record(z.string(), z.enum(partStates)),
  ...ownerShape,
})

/** Keeps them as records of the store, a file each. */
export function createPartialWrites(store: StateStore): PartialWrites {
  const path = (id: string) => `${directory}/${id}.json`
  return {
    keep: (write) => store.write(path(write.id), JSON.stringify(write)),
    drop: (id) => store.remove(path(id)),
    list: () => keptRecords<PartialWrite>(store, directory, shape),
  }
}
