import type { Inverse } from '../define/tool.ts'
import { ToolError } from '../define/error.ts'
import { contentDirectory, createContentStore, type HeldContent, type Packed } from './content-store.ts'
import { dropContents, type HoldingChange, type JournalLimits } from './journal-limits.ts'
import type { Sealer } from './seal.ts'
import type { StateStore } from './state-store.ts'

/** One write that happened, with its inverse if it has one. */
export interface Change {
  id: string
  /** Shared by the changes of one write to several instances, and by those of one undo of several. */
  group?: string
  /** ISO 8601. */
  at: string
  principal: string
  service: string
  instance: string
  tool: string
  targets: readonly string[]
  /** What was done, in one line, already redacted. */
  summary: string
  /** Already redacted. */
  input: unknown
  /** The input as it was given; sealed on disk. */
  given: unknown
  /** As it was; sealed on disk. */
  before: unknown
  /** Already redacted; sealed on disk. */
  after: unknown
  /** Hash of what a plan would have been bound to afterwards; sealed on disk. */
  left: string
  /** What takes it back; sealed on disk. `evicted` where that is no longer kept. */
  undo: Inverse | 'transient' | 'irreversible' | 'evicted'
  approval: string
  /** The change this one took back. */
  undoes?: string
  /** Targets that were made before it, to go back to. */
  wayBack?: readonly string[]
  /** Version of Rackwarden that wrote it. */
  version: string
}

/** A change as it is listed: what needs no key to be read. */
export type ChangeSummary = Omit<Change, 'given' | 'before' | 'after' | 'left' | 'undo'> & {
  /** What taking it back takes: an inverse call, nothing that could, or what is no longer kept. */
  undo: 'inverse' | 'transient' | 'irreversible' | 'evicted'
  /** The tool of the inverse. */
  inverse?: string
  /** The latest change that took this one back. */
  undoneBy?: string
}

/** Which changes are wanted. */
export interface ChangeQuery {
  /** Only what is older than this change. */
  after?: string | undefined
  /** Not before this time; ISO 8601. */
  since?: string | undefined
}

/** The changes this lab has seen, each with the way back. */
export interface Journal {
  /** Rejects where no change could be kept: then none should happen. */
  prepare(): Promise<void>
  /** Keeps a change and gives its id. */
  record(change: Change): Promise<string>
  /** A change whole; undefined where there is none of that id, refused where its seal cannot be opened. */
  get(id: string): Promise<Change | undefined>
  /** The change that took this one back. */
  undoneBy(id: string): Promise<string | undefined>
  /** The changes of one group, newest first. */
  group(id: string): Promise<ChangeSummary[]>
  /** Changes, newest first, read as far as they are asked for. */
  list(query?: ChangeQuery): AsyncGenerator<ChangeSummary, void, undefined>
  /** Drops the contents of old changes beyond the limits; their records stay. Happens by itself now and then. */
  tidy(): Promise<void>
}

/** Sealed with the rest, so that no change can be given the way back of another. */
type Identity = Pick<Change, 'id' | 'service' | 'instance' | 'tool'>
type Sealed = Identity & Pick<Change, 'left'> & Record<'given' | 'before' | 'after' | 'undo', Packed>

/** A change on disk: what can be read, the names and sizes of its contents, and what is sealed. */
type StoredChange = Omit<ChangeSummary, 'undoneBy'> & HoldingChange & { sealed: string }

const directory = 'changes'
/** Records with nothing in them: the name says which change took which back. */
const undoneDirectory = 'changes/undone'
const idForm = /^\d{8}T\d{6}-[a-z2-7]{6}$/
const readAtOnce = 64
/** A look at all changes costs as much as all of them; one in so many writes pays for it. */
const tidyOneIn = 64

/** What a journal is made with. */
export interface JournalOptions {
  random: (bytes: number) => Uint8Array
  limits?: JournalLimits
}

/** Keeps changes as records of the store, a file each; their long parts as contents many can share. */
export function createJournal(store: StateStore, sealer: Sealer, { random, limits }: JournalOptions): Journal {
  const contents = createContentStore(store, sealer)

  const read = async (id: string): Promise<StoredChange | undefined> => {
    const text = await store.read(`${directory}/${id}.json`)
    if (text === undefined) return undefined
    try {
      return JSON.parse(text) as StoredChange
    } catch (error) {
      throw damaged(id, error)
    }
  }

  /** What can be read of changes; damaged ones are passed over. */
  const readAll = async (ids: readonly string[]): Promise<StoredChange[]> => {
    const found: StoredChange[] = []
    for (let start = 0; start < ids.length; start += readAtOnce) {
      const batch = await Promise.all(ids.slice(start, start + readAtOnce).map((id) => read(id).catch(() => undefined)))
      found.push(...batch.filter((change) => change !== undefined))
    }
    return found
  }

  const ids = async (): Promise<string[]> =>
    (await store.list(directory))
      .filter((name) => name.endsWith('.json') && idForm.test(name.slice(0, -5)))
      .map((name) => name.slice(0, -5))

  /** What took what back; a name without its change is what a crash left. */
  const undone = async (present: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> => {
    const pairs = (await store.list(undoneDirectory)).map((name) => name.split('.'))
    return new Map(pairs.flatMap(([change = '', by = '']) => (present.has(by) ? [[change, by]] : [])))
  }

  const tidy = (): Promise<void> => dropContents({ store, ids, readAll, ...(limits === undefined ? {} : { limits }) })

  const journal: Journal = {
    prepare: () => sealer.prepare(),
    tidy,
    async record(change) {
      const { given, before, after, left, undo, ...readable } = change
      if (!idForm.test(change.id)) throw new ToolError('invalid_input', 'A change needs an id made by createId.')
      const held: HeldContent[] = []
      const sealed = await sealer.seal({
        ...identityOf(change),
        left,
        before: await contents.pack(before, held),
        after: await contents.pack(after, held),
        given: await contents.pack(given, held),
        undo: await contents.pack(undo, held),
      } satisfies Sealed)
      const stored: StoredChange = {
        ...readable,
        ...(typeof undo === 'string' ? { undo } : { undo: 'inverse', inverse: undo.tool }),
        content: held.map(({ name, sealed: text }) => [name, text.length]),
        sealed,
      }
      for (const content of held) await contents.put(content)
      if (change.undoes !== undefined && idForm.test(change.undoes))
        await store.create(`${undoneDirectory}/${change.undoes}.${change.id}`, '')
      await store.write(`${directory}/${change.id}.json`, JSON.stringify(stored))
      // Whoever drops contents looks for new changes afterwards, and we for contents: one of the two sees the other.
      for (const content of held) await contents.put(content)
      // A change that is kept is not lost because old ones could not be looked through.
      if ((random(1)[0] ?? 1) % tidyOneIn === 0) await tidy().catch(() => undefined)
      return change.id
    },
    async get(id) {
      const stored = idForm.test(id) ? await read(id) : undefined
      if (stored === undefined) return undefined
      const { sealed, content: _, inverse: __, ...readable } = stored
      const { given, before, after, undo, left, ...identity } = (await sealer.open(sealed)) as Sealed
      if (JSON.stringify(identity) !== JSON.stringify(identityOf({ ...readable, id }))) throw damaged(id)
      const found = await Promise.all([given, before, after, undo].map((packed) => contents.unpack(packed)))
      const isWhole = found.every((part) => part !== undefined)
      const way = found[3]?.value as Change['undo'] | undefined
      return {
        ...readable,
        given: found[0]?.value,
        before: found[1]?.value,
        after: found[2]?.value,
        left,
        undo: typeof way === 'string' || (way !== undefined && isWhole) ? way : 'evicted',
      }
    },
    undoneBy: async (id) => (await undone(new Set(await ids()))).get(id),
    async group(id) {
      const at = timeOf(id)
      const found: ChangeSummary[] = []
      if (at !== undefined) for await (const change of journal.list({ since: at })) if (change.group === id) found.push(change)
      return found
    },
    async *list({ after, since } = {}) {
      const names = await ids()
      const [by, kept] = await Promise.all([undone(new Set(names)), store.list(contentDirectory).then((list) => new Set(list))])
      const last = after === undefined ? undefined : await read(idForm.test(after) ? after : '').catch(() => undefined)
      if (after !== undefined && last === undefined)
        throw new ToolError('invalid_input', `'${after.slice(0, 100)}' is not a cursor.`, {
          hint: 'Take `next_cursor` of the answer before.',
        })
      for (const batch of secondsOf(last === undefined ? names : names.filter((name) => secondOf(name) <= secondOf(last.id)))) {
        const changes = (await readAll(batch)).toSorted(newestFirst)
        for (const { sealed: _, content, ...change } of changes) {
          if (last !== undefined && newestFirst(change, last) <= 0) continue
          if (since !== undefined && change.at < since) continue
          const isEvicted = change.undo === 'inverse' && content.some(([name]) => !kept.has(name))
          const undoneBy = by.get(change.id)
          yield { ...change, ...(isEvicted ? { undo: 'evicted' as const } : {}), ...(undoneBy === undefined ? {} : { undoneBy }) }
        }
        if (since !== undefined && changes.some(({ at }) => at < since)) return
      }
    },
  }
  return journal
}

/** When an id was made, to the second; undefined where it is none. */
function timeOf(id: string): string | undefined {
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})-[a-z2-7]{6}$/.exec(id) ?? []
  const at = `${date.replace(/^(....)(..)(..)$/, '$1-$2-$3')}T${time.replace(/^(..)(..)(..)$/, '$1:$2:$3')}.000Z`
  return Number.isNaN(Date.parse(at)) ? undefined : at
}

function secondOf(id: string): string {
  return id.slice(0, 15)
}

/** Ids in batches, the newest first; those of one second stay together, for within it their order is that of their times. */
function* secondsOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let end = ids.length; end > 0;) {
    let start = Math.max(0, end - readAtOnce)
    while (start > 0 && secondOf(ids[start - 1] ?? '') === secondOf(ids[start] ?? '')) start -= 1
    yield ids.slice(start, end)
    end = start
  }
}

function newestFirst(first: Pick<Change, 'at' | 'id'>, second: Pick<Change, 'at' | 'id'>): number {
  if (first.at !== second.at) return first.at < second.at ? 1 : -1
  return first.id === second.id ? 0 : first.id < second.id ? 1 : -1
}

function identityOf({ id, service, instance, tool }: Identity): Identity {
  return { id, service, instance, tool }
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
  const iso = new Date(clock.now()).toISOString()
  // Every call has one: parts are put together, for patterns and lists cost more than all the rest of it.
  let id = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}-`
  for (const byte of random(6)) id += base32[byte & 31]
  return id
}
