import type { DomainEntry, ListEntry, Query } from './pihole-schema.ts'
import { blockingText } from './status-facts.ts'

/** What one Pi-hole knows of a domain. */
export interface DomainFacts {
  blocking: { blocking: string; timer?: number | null | undefined }
  domains: readonly DomainEntry[]
  gravity: readonly ListEntry[]
  groups: readonly { id: number; name: string; enabled: boolean }[]
  /** Values of its own record, where it has one. */
  local: readonly string[]
  queries: readonly Query[]
}

/** One entry that speaks of the domain. */
export interface Reason {
  entry: string
  by: string
  applies: string
  comment?: string
}

const defaultGroup = 0

/** One line on what becomes of a query for it. */
export function verdictOf(facts: DomainFacts): string {
  const { blocking, local } = facts
  if (local.length > 0) return `Allowed: it is a local record here (${local.join(', ')})`
  if (blockingText(blocking) !== 'on') return `Allowed: blocking is ${blockingText(blocking)}`
  const [first] = deciding(facts)
  if (first === undefined) return 'Allowed: nothing on its lists speaks of it'
  const { row, isAllowing } = first
  return `${isAllowing ? 'Allowed' : 'Blocked'} by ${row.by} ${row.entry}${row.applies === 'to all' ? '' : `, which applies ${row.applies}`}`
}

/** Every entry that speaks of it, in the order they count. */
export function reasonsOf(facts: DomainFacts): Reason[] {
  return ranked(facts).map(({ row }) => row)
}

interface Ranked {
  row: Reason
  isAllowing: boolean
  isInForce: boolean
  isForAll: boolean
  rank: number
}

// What is for everybody is told before what is for the clients of some group.
function deciding(facts: DomainFacts): Ranked[] {
  const inForce = ranked(facts).filter(({ isInForce }) => isInForce)
  return [...inForce.filter(({ isForAll }) => isForAll), ...inForce]
}

/** As FTL asks: what is allowed by hand first, then what is denied by name, then the lists, and expressions that deny last. */
function ranked({ domains, gravity, groups }: DomainFacts): Ranked[] {
  const rankOf = { 'allow exact': 0, 'allow regex': 1, 'deny exact': 2, 'deny regex': 5 } as const
  const entries = domains.map((entry) => ({
    ...force(entry, groups),
    rank: rankOf[`${entry.type} ${entry.kind}`],
    isAllowing: entry.type === 'allow',
    row: rowOf(entry, groups, { by: `${entry.type} ${entry.kind === 'regex' ? 'regex' : 'entry'}`, entry: entry.domain }),
  }))
  const lists = gravity.map((entry) => ({
    ...force(entry, groups),
    rank: entry.type === 'allow' ? 3 : 4,
    isAllowing: entry.type === 'allow',
    row: rowOf(entry, groups, { by: `${entry.type} list`, entry: entry.address }),
  }))
  return [...entries, ...lists].toSorted((first, second) => first.rank - second.rank)
}

function force({ enabled, groups: own }: Pick<DomainEntry, 'enabled' | 'groups'>, groups: DomainFacts['groups']) {
  const active = groups.filter((group) => group.enabled && own.includes(group.id))
  return { isInForce: enabled && active.length > 0, isForAll: active.some(({ id }) => id === defaultGroup) }
}

function rowOf(entry: DomainEntry | ListEntry, groups: DomainFacts['groups'], told: { by: string; entry: string }): Reason {
  const { isInForce, isForAll } = force(entry, groups)
  const names = groups.filter(({ id }) => entry.groups.includes(id)).map(({ name }) => name)
  const applies = !entry.enabled
    ? 'to nobody: it is disabled'
    : isForAll
      ? 'to all'
      : isInForce
        ? `only to clients of ${names.join(', ')}`
        : 'to nobody: no group of it is enabled'
  return { ...told, applies, ...(entry.comment && { comment: entry.comment }) }
}
