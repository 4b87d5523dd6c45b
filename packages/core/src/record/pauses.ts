import { jsonIn } from './json.ts'
import { isAlive, type OwnerProcess } from './owner-process.ts'
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
    list: async () => {
      const names = (await store.list(directory)).filter((name) => name.endsWith('.json'))
      const texts = await Promise.all(names.map((name) => store.read(`${directory}/${name}`)))
      return texts.flatMap((text) => {
        const record = text === undefined ? undefined : (jsonIn(text) as Partial<PauseRecord> | undefined)
        return typeof record?.id === 'string' && Array.isArray(record.parts) ? [record as PauseRecord] : []
      })
    },
  }
}
