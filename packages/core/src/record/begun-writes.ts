import { z } from 'zod'
import { keptRecords } from './kept-records.ts'
import { ownerShape, type OwnerProcess } from './owner-process.ts'
import type { Sealer } from './seal.ts'
import type { StateStore } from './state-store.ts'

/** A write whose work goes on at its upstream, whatever becomes of the process that asked for it. */
export interface BegunWrite extends OwnerProcess {
  /** The change it becomes. */
  id: string
  /** The call it is a part of, as the audit knows it. */
  call: string
  /** ISO 8601. */
  at: string
  principal: string
  service: string
  instance: string
  /** Unprefixed. */
  tool: string
  summary: string
  targets: readonly string[]
  approval: string
  group?: string
  wayBack?: readonly string[]
  undoes?: string
  /** What the upstream calls its work. */
  task: string
  /** Input and state before, for the change. */
  sealed: string
}

/** What a change needs besides what is written down openly. */
export interface BegunFrom {
  given: Record<string, unknown>
  before: unknown
  /** The token that was redeemed for it, where it is all of a write. */
  confirm?: string
}

/** The writes of a state directory that upstreams work on; each is forgotten once its end is known. */
export interface BegunWrites {
  keep(write: Omit<BegunWrite, 'sealed'>, from: BegunFrom): Promise<void>
  drop(id: string): Promise<void>
  list(): Promise<BegunWrite[]>
  /** What one began from; refused where its seal cannot be opened. */
  open(write: BegunWrite): Promise<BegunFrom>
}

const directory = 'begun'

const shape = z.object({
  id: z.string(),
  call: z.string(),
  at: z.string(),
  principal: z.string(),
  service: z.string(),
  instance: z.string(),
  tool: z.string(),
  summary: z.string(),
  targets: z.array(z.string()),
  approval: z.string(),
  group: z.string().optional(),
  wayBack: z.array(z.string()).optional(),
  undoes: z.string().optional(),
  task: z.string(),
  sealed: z.string(),
  ...ownerShape,
})

/** Keeps them as records of the store, a file each. */
export function createBegunWrites(store: StateStore, sealer: Sealer): BegunWrites {
  const path = (id: string) => `${directory}/${id}.json`
  return {
    keep: async (write, from) =>
      store.write(path(write.id), JSON.stringify({ ...write, sealed: await sealer.seal({ id: write.id, ...from }) })),
    drop: (id) => store.remove(path(id)),
    list: () => keptRecords<BegunWrite>(store, directory, shape),
    open: async ({ id, sealed }) => {
      const { id: own, ...from } = (await sealer.open(sealed)) as BegunFrom & { id: string }
      // None can be given the state of another.
      if (own !== id) throw new TypeError(`The record of ${id} holds the state of another write.`)
      return from
    },
  }
}
