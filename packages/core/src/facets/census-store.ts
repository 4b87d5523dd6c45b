import type { CensusItem } from '../define/facet.ts'
import type { StateStore } from '../record/state-store.ts'

/** The last census, as it is kept: redacted, and whole whatever was asked for. */
export interface KeptCensus {
  /** ISO 8601. */
  at: string
  items: readonly CensusItem[]
}

const path = 'census/last.json'

/** The last census; undefined where there is none that can be read. */
export async function readCensus(store: StateStore): Promise<KeptCensus | undefined> {
  const text = await store.read(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as KeptCensus
  } catch {
    return undefined
  }
}

/** Keeps a census for the next to be compared with. */
export async function writeCensus(store: StateStore, census: KeptCensus): Promise<void> {
  await store.write(path, JSON.stringify(census))
}

/** What is new (+), gone (-) or different (~), among the targets of those who answer now. */
export function changesSince(last: KeptCensus, now: readonly CensusItem[], answering: readonly string[]): string[] {
  const before = new Map(
    last.items.filter(({ target }) => answering.some((prefix) => target.startsWith(prefix))).map((item) => [item.target, item]),
  )
  const changes: string[] = []
  for (const item of now) {
    const was = before.get(item.target)
    before.delete(item.target)
    if (was === undefined) changes.push(`+ ${item.target}`)
    else changes.push(...differences(was, item).map((difference) => `~ ${item.target} ${difference}`))
  }
  return [...changes, ...[...before.keys()].map((target) => `- ${target}`)].toSorted()
}

function differences(was: CensusItem, is: CensusItem): string[] {
  const [before, after] = [flat(was), flat(is)]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? '(none)'} → ${after[name] ?? '(none)'}`)
}

function flat({ state, facts, details }: CensusItem): Record<string, string | number | boolean> {
  return { ...(state === undefined ? {} : { state }), ...facts, ...details }
}
