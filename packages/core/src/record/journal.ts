import type { Inverse } from '../define/tool.ts'
import { ToolError } from '../define/error.ts'
import type { Sealer } from './seal.ts'
import type { StateStore } from './state-store.ts'

/** One write that happened, with its inverse if it has one. */
export interface Change {
  id: string
  /** Shared by the changes of one call on several instances. */
  group?: string
  /** ISO 8601. */
  at: string
  principal: string
  service: string
  instance: string
  tool: string
  /** Already redacted. */
  input: unknown
  /** The input as it was given; sealed on disk. */
  given: unknown
  /** As it was; sealed on disk. */
  before: unknown
  /** Already redacted. */
  after: unknown
  /** Hash of what a plan would have been bound to afterwards; sealed on disk. */
  left: string
  /** What takes it back; sealed on disk. */
  undo: Inverse | 'transient' | 'irreversible'
  approval: string
  /** The change this one took back. */
  undoes?: string
  /** Version of Rackwarden that wrote it. */
  version: string
}

/** A change as it is listed: what needs no key to be read. */
export type ChangeSummary = Omit<Change, 'given' | 'before' | 'left' | 'undo'> & {
  /** What taking it back takes: an inverse call, or nothing that could. */
  undo: 'inverse' | 'transient' | 'irreversible'
}

/** The changes this lab has seen, each with the way back. */
export interface Journal {
  /** Rejects where no change could be kept: then none should happen. */
  prepare(): Promise<void>
  /** Keeps a change and gives its id. */
  record(change: Change): Promise<string>
  /** A change whole; undefined where there is none of that id, refused where its seal cannot be opened. */
  get(id: string): Promise<Change | undefined>
  /** The latest changes, newest first. */
  list(options?: { limit?: number }): Promise<ChangeSummary[]>
}

/** Sealed with the rest, so that no change can be given the way back of another. */
type Identity = Pick<Change, 'id' | 'service' | 'instance' | 'tool'>
type Sealed = Identity & Pick<Change, 'given' | 'before' | 'left' | 'undo'>
type Stored = ChangeSummary & { sealed: string }

const directory = 'changes'
const idForm = /^\d{8}T\d{6}-[a-z2-7]{6}$/

/** Keeps changes as records of the store, a file each. */
export function createJournal(store: StateStore, sealer: Sealer): Journal {
  const read = async (id: string): Promise<Stored | undefined> => {
    const text = await store.read(`${directory}/${id}.json`)
    if (text === undefined) return undefined
    try {
      return JSON.parse(text) as Stored
    } catch (error) {
      throw damaged(id, error)
    }
  }

  return {
    prepare: () => sealer.prepare(),
    async record(change) {
      const { given, before, left, undo, ...readable } = change
      if (!idForm.test(change.id)) throw new ToolError('invalid_input', 'A change needs an id made by createId.')
      const sealed = await sealer.seal({ ...identityOf(change), given, before, left, undo } satisfies Sealed)
      const stored: Stored = { ...readable, undo: typeof undo === 'string' ? undo : 'inverse', sealed }
      await store.write(`${directory}/${change.id}.json`, JSON.stringify(stored))
      return change.id
    },
    async get(id) {
      const stored = idForm.test(id) ? await read(id) : undefined
      if (stored === undefined) return undefined
      const { sealed } = stored
      const readable = unsealed(stored)
      const { given, before, left, undo, ...identity } = (await sealer.open(sealed)) as Sealed
      if (JSON.stringify(identity) !== JSON.stringify(identityOf({ ...readable, id }))) throw damaged(id)
      return { ...readable, given, before, left, undo }
    },
    async list({ limit = 20 } = {}) {
      const names = (await store.list(directory)).filter((name) => name.endsWith('.json') && idForm.test(name.slice(0, -5)))
      const stored = await Promise.all(names.slice(-Math.max(1, limit)).map((name) => read(name.slice(0, -5)).catch(() => undefined)))
      return stored
        .filter((change) => change !== undefined)
        .toSorted((first, second) => (first.at < second.at ? 1 : -1))
        .map(unsealed)
    },
  }
}

function identityOf({ id, service, instance, tool }: Identity): Identity {
  return { id, service, instance, tool }
}

function unsealed(stored: Stored): ChangeSummary {
  const summary: ChangeSummary & { sealed?: string } = { ...stored }
  delete summary.sealed
  return summary
}

function damaged(id: string, cause?: unknown): ToolError {
  return new ToolError('denied', `The record of change ${id} was altered or is damaged.`, {
    hint: 'A backup of the state directory may have it as it was.',
    cause,
  })
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Makes an id that sorts by time and says it: `20261120T071500-k3m9qa`. */
export function createId(clock: { now(): number }, random: (bytes: number) => Uint8Array): string {
  const time = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${time}-${Array.from(random(6), (byte) => base32[byte & 31]).join('')}`
}
