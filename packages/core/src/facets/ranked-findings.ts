import { severities, stakes, type Finding } from '../define/facet.ts'

/** A finding among others: who made it, and what was folded under it. */
export interface RankedFinding {
  finding: Finding
  /** The call to make next, as a line. */
  next: string | undefined
  /** Titles of what probably comes of it. */
  consequences: string[]
}

/** Folds what has a cause among the findings, or shares one, and puts the worst first. */
export function rankFindings(found: readonly Omit<RankedFinding, 'consequences'>[]): RankedFinding[] {
  const sorted = found
    .toSorted((first, second) => compare(first.finding, second.finding))
    .map((entry): RankedFinding => ({ ...entry, consequences: [] }))
  const own = new Map<string, RankedFinding>()
  for (const entry of sorted) if (!own.has(entry.finding.target)) own.set(entry.finding.target, entry)
  const shared = new Map<string, RankedFinding>()
  const kept = sorted.filter((entry) => {
    const { cause } = entry.finding
    if (cause === undefined) return true
    const parent = rootOf(entry, own) ?? shared.get(cause)
    if (parent === undefined) {
      shared.set(cause, entry)
      return true
    }
    parent.consequences.push(entry.finding.title)
    return false
  })
  // A cause is at least as bad as what comes of it, so it cannot end below something it explains.
  return kept.toSorted((first, second) => compare(first.finding, second.finding))
}

/** The finding a chain of causes begins with; undefined where the cause is no finding, or the chain is a circle. */
function rootOf(entry: RankedFinding, own: ReadonlyMap<string, RankedFinding>): RankedFinding | undefined {
  const seen = new Set([entry])
  let current = entry
  for (;;) {
    const { cause } = current.finding
    const next = cause === undefined ? undefined : own.get(cause)
    if (next === undefined) return current === entry ? undefined : current
    if (seen.has(next)) return undefined
    seen.add(next)
    current = next
  }
}

function compare(first: Finding, second: Finding): number {
  return (
    severities.indexOf(first.severity) - severities.indexOf(second.severity) ||
    stakes.indexOf(first.stake ?? 'function') - stakes.indexOf(second.stake ?? 'function') ||
    (first.id < second.id ? -1 : 1)
  )
}
