import { differencesOf, ToolError, type Difference, type FacetContext, type MirroredFacts } from '@rackwarden/core'
import type { PiholeClient } from './client.ts'
import type { DomainEntry, ListEntry } from './pihole-schema.ts'
import { recordsOf } from './records.ts'

/** The kinds of things mirrored Pi-holes have alike. */
export const kinds = ['records', 'cnames', 'domains', 'lists'] as const

/** A kind of things mirrored Pi-holes have alike. */
export type Kind = (typeof kinds)[number]

/** What a Pi-hole holds of these kinds; of others nothing is said. */
export interface Contents {
  records?: readonly string[] | undefined
  cnames?: readonly string[] | undefined
  domains?: readonly DomainEntry[] | undefined
  lists?: readonly ListEntry[] | undefined
}

/** Reads what a Pi-hole holds of some kinds. */
export async function contentsOf(client: PiholeClient, wanted: readonly Kind[], signal: AbortSignal): Promise<Contents> {
  const needsLines = wanted.includes('records') || wanted.includes('cnames')
  const [lines, domains, lists] = await Promise.all([
    needsLines ? client.lines(signal) : undefined,
    wanted.includes('domains') ? client.domains(signal) : undefined,
    wanted.includes('lists') ? client.lists(signal) : undefined,
  ])
  return {
    ...(wanted.includes('records') && { records: lines?.hosts ?? [] }),
    ...(wanted.includes('cnames') && { cnames: lines?.cnames ?? [] }),
    ...(domains !== undefined && { domains }),
    ...(lists !== undefined && { lists }),
  }
}

/** Everything that is to be the same on every instance; groups and ids are each machine's own. */
export async function mirrored(client: PiholeClient, { signal }: FacetContext): Promise<MirroredFacts> {
  return factsOf(await contentsOf(client, kinds, signal))
}

/** The same facts of what was read. */
export function factsOf({ records, cnames, domains, lists }: Contents): MirroredFacts {
  return {
    ...(records && { records: recordFacts({ hosts: records, cnames: [] }) }),
    ...(cnames && { cnames: recordFacts({ hosts: [], cnames }) }),
    ...(domains && { domains: Object.fromEntries(domains.map((entry) => [domainKey(entry), entryText(entry)])) }),
    ...(lists && { lists: Object.fromEntries(lists.map((entry) => [listKey(entry), entryText(entry)])) }),
  }
}

function recordFacts(lines: { hosts: readonly string[]; cnames: readonly string[] }): Record<string, string> {
  const values = new Map<string, Set<string>>()
  for (const { name, type, value } of recordsOf(lines)) {
    const key = type === 'CNAME' ? name : `${name} ${type}`
    values.set(key, (values.get(key) ?? new Set()).add(value))
  }
  return Object.fromEntries([...values].map(([key, of]) => [key, [...of].toSorted().join(', ')]))
}

export function domainKey({ type, kind, domain }: Pick<DomainEntry, 'type' | 'kind' | 'domain'>): string {
  return `${type} ${kind} ${domain}`
}

function listKey({ type, address }: ListEntry): string {
  return `${type} ${address}`
}

function entryText({ enabled, comment }: Pick<DomainEntry, 'enabled' | 'comment'>): string {
  return `${enabled ? 'enabled' : 'disabled'}${comment === undefined || comment === null || comment === '' ? '' : `, "${comment}"`}`
}

/** Every fact that one has to change to be like the other; the values are those of `own` and `wanted`. */
export function differencesBetween(own: Contents, wanted: Contents): Difference[] {
  return differencesOf([
    { instance: 'own', output: factsOf(own) },
    { instance: 'wanted', output: factsOf(wanted) },
  ])
}

/** A line for each of them. */
export function differenceLines(own: Contents, wanted: Contents): string[] {
  return differencesBetween(own, wanted).map(
    ({ kind, name, values }) => `${kind} ${name}: ${values['own'] ?? '(none)'} → ${values['wanted'] ?? '(none)'}`,
  )
}

/** The kinds in which the two differ. */
export function differingKinds(own: Contents, wanted: Contents): Kind[] {
  const differing = new Set(differencesBetween(own, wanted).map(({ kind }) => kind))
  return kinds.filter((kind) => differing.has(kind))
}

/** Only these kinds of what was read. */
export function only(contents: Contents, wanted: readonly Kind[]): Contents {
  return Object.fromEntries(wanted.map((kind) => [kind, contents[kind]]))
}

/** What a change of contents needs besides. */
export interface Making {
  client: PiholeClient
  signal: AbortSignal
  progress?: (message: string) => void
  /** Whether groups are those of this very machine, as when it is given back what it had. */
  isOwn: boolean
}

/** Makes a Pi-hole hold what is wanted, of the kinds that are said; refused where it does not hold what the plan was made from. */
export async function makeAlike(planned: Contents, wanted: Contents, making: Making): Promise<void> {
  const { client, signal, progress = () => undefined } = making
  const asked = kinds.filter((kind) => wanted[kind] !== undefined)
  const own = await contentsOf(client, asked, signal)
  if (JSON.stringify(only(own, asked)) !== JSON.stringify(only(planned, asked)))
    throw new ToolError('conflict', 'It was changed since the plan was made.', {
      hint: 'Plan again: the plan will show what is there now.',
    })
  if (wanted.domains !== undefined)
    await entriesAlike(own.domains ?? [], wanted.domains, making, {
      key: domainKey,
      add: client.addDomain,
      replace: client.replaceDomain,
      remove: client.removeDomain,
    })
  if (wanted.lists !== undefined)
    await entriesAlike(own.lists ?? [], wanted.lists, making, {
      key: listKey,
      add: client.addList,
      replace: client.replaceList,
      remove: client.removeList,
    })
  // Last, for what changes aliases restarts it, and then it answers nothing for a moment.
  if (wanted.records !== undefined || wanted.cnames !== undefined) {
    progress('writing records')
    await client.replaceLines({ ...(wanted.records && { hosts: wanted.records }), ...(wanted.cnames && { cnames: wanted.cnames }) }, signal)
  }
}

const defaultGroup = 0

interface Ways<Entry> {
  key: (entry: Entry) => string
  add: (entry: Entry, signal: AbortSignal) => Promise<void>
  replace: (entry: Entry, signal: AbortSignal) => Promise<void>
  remove: (entry: Entry, signal: AbortSignal) => Promise<void>
}

/** The same for entries that are written one by one. */
export async function entriesAlike<Entry extends DomainEntry | ListEntry>(
  own: readonly Entry[],
  wanted: readonly Entry[],
  { signal, progress, isOwn }: Making,
  { key, add, replace, remove }: Ways<Entry>,
): Promise<void> {
  const [here, there] = [new Map(own.map((entry) => [key(entry), entry])), new Map(wanted.map((entry) => [key(entry), entry]))]
  for (const [name, entry] of there) {
    const before = here.get(name)
    // Another machine's numbers of groups mean others here.
    const groups = isOwn ? entry.groups : (before?.groups ?? [defaultGroup])
    const after = { ...entry, groups }
    if (before !== undefined && entryText(before) === entryText(after) && sameGroups(before.groups, groups)) continue
    progress?.(`writing ${name}`)
    await (before === undefined ? add : replace)(after, signal)
  }
  for (const [name, entry] of here) if (!there.has(name)) await remove(entry, signal)
}

function sameGroups(first: readonly number[], second: readonly number[]): boolean {
  return first.length === second.length && first.every((group) => second.includes(group))
}
