import { z } from 'zod'
import { keptRecords } from './kept-records.ts'
import { isAlive, ownerShape, type OwnerProcess } from './owner-process.ts'
import type { StateStore } from './state-store.ts'

/** Watchers that are paused while a write is under way. */
export interface PauseRecord extends OwnerProcess {
  id: string
  /** ISO 8601. */
  at: string
  /** ISO 8601. */
  until: string
  /** What is being done meanwhile, already redacted. */
  reason: string
  /** True where it should be over, and could not be ended. */
  isLeft?: boolean
  parts: readonly { service: string; instance: string; watchers: readonly string[] }[]
}

/** The pauses of a state directory; each is kept before anything is paused, and forgotten once all of it is resumed. */
export interface Pauses {
  keep(record: PauseRecord): Promise<void>
  drop(id: string): Promise<void>
  list(): Promise<PauseRecord[]>
}

const directory = 'pauses'

const shape = z.object({
  id: z.string(),
  at: z.string(),
  until: z.string(),
  reason: z.string(),
  isLeft: z.boolean().optional(),
  parts: z.array(z.object({ service: z.string(), instance: z.string(), watchers: z.array(z.string()) })),
  ...ownerShape,
})

/** Whether a pause should be over: its process is gone, or could not end it. */
export function isLeft(record: PauseRecord): boolean {
  return record.isLeft === true || !isAlive(record)
}

/** Keeps them as records of the store, a file each. */
export function createPauses(store: StateStore): Pauses {
  const path = (id: string) => `${directory}/${id}.json`
  return {
    keep: (record) => store.write(path(record.id), JSON.stringify(record)),
    drop: (id) => store.remove(path(id)),
    list: () => keptRecords<PauseRecord>(store, directory, shape),
  }
}
