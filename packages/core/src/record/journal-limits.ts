import { contentDirectory } from './content-store.ts'
import type { StateStore } from './state-store.ts'

/** How much of old changes is kept; the newest version of a target always is. */
export interface JournalLimits {
  versionsPerTarget: number
  /** Of all contents together. */
  bytes: number
}

const defaultLimits: JournalLimits = { versionsPerTarget: 50, bytes: 128 * 1_048_576 }

/** Contents on their way out, until it is sure that no new change needs them. */
const outgoingDirectory = 'changes/outgoing'

/** What a change holds on to, of which targets. */
export interface HoldingChange {
  id: string
  at: string
  service: string
  instance: string
  tool: string
  targets: readonly string[]
  content: readonly (readonly [name: string, bytes: number])[]
}

interface Kept {
  store: StateStore
  ids: () => Promise<string[]>
  readAll: (ids: readonly string[]) => Promise<HoldingChange[]>
  limits?: JournalLimits
}

/**
 * Drops the contents no change within the limits needs. Several processes may, while others record: what is to go is
 * moved aside first, and put back where a change that needs it has come since.
 */
export async function dropContents({ store, ids, readAll, limits = defaultLimits }: Kept): Promise<void> {
  const seen = await ids()
  const needed = neededBy(await readAll(seen), limits)
  for (const name of await store.list(contentDirectory))
    if (!needed.has(name)) await store.claim(`${contentDirectory}/${name}`, `${outgoingDirectory}/${name}`)
  const outgoing = await store.list(outgoingDirectory)
  const known = new Set(seen)
  const since = (await ids()).filter((id) => !known.has(id))
  for (const { content } of await readAll(since)) for (const [name] of content) needed.add(name)
  for (const name of outgoing)
    if (needed.has(name)) await store.claim(`${outgoingDirectory}/${name}`, `${contentDirectory}/${name}`)
    else await store.remove(`${outgoingDirectory}/${name}`)
}

/** Names of the contents to keep: those of the newest change of each target, then of others from new to old while there is room. */
function neededBy(changes: readonly HoldingChange[], limits: JournalLimits): Set<string> {
  const newest = changes.toSorted((first, second) =>
    first.at === second.at ? (first.id < second.id ? 1 : -1) : first.at < second.at ? 1 : -1,
  )
  const needed = new Set<string>()
  let bytes = 0
  const keep = ({ content }: HoldingChange): void => {
    for (const [name, size] of content) {
      if (!needed.has(name)) bytes += size
      needed.add(name)
    }
  }
  const versions = new Map<string, number>()
  const others: HoldingChange[] = []
  for (const change of newest) {
    const keys = keysOf(change)
    const fewest = Math.min(...keys.map((key) => versions.get(key) ?? 0))
    for (const key of keys) versions.set(key, (versions.get(key) ?? 0) + 1)
    if (fewest === 0) keep(change)
    else if (fewest < limits.versionsPerTarget) others.push(change)
  }
  for (const change of others) {
    const added = change.content.reduce((sum, [name, size]) => sum + (needed.has(name) ? 0 : size), 0)
    if (bytes + added > limits.bytes) break
    keep(change)
  }
  return needed
}

/** What a change is a version of; one that names no target, of what its tool does there. */
function keysOf({ service, instance, tool, targets }: HoldingChange): string[] {
  return (targets.length === 0 ? [tool] : targets).map((target) => `${service}@${instance} ${target}`)
}
