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
  const causeOf = ({ finding }: RankedFinding) =>
    finding.cause !== undefined && own.has(finding.cause) ? finding.cause : (targetAbout(finding, sorted) ?? finding.cause)
  const causes = new Map(sorted.map((entry) => [entry, causeOf(entry)]))
  const shared = new Map<string, RankedFinding>()
  const kept = sorted.filter((entry) => {
    const cause = causes.get(entry)
    if (cause === undefined) return true
    const parent = rootOf(entry, (current) => own.get(causes.get(current) ?? '')) ?? shared.get(cause)
    if (parent === undefined) {
      shared.set(cause, entry)
      return true
    }
    parent.consequences.push(entry.finding.title)
    // What comes of it may be worse than how it looks by itself.
    parent.finding = worse(parent.finding, entry.finding)
    return false
  })
  return kept.toSorted((first, second) => compare(first.finding, second.finding))
}

/** The target of another service's finding that is about the same thing. */
function targetAbout({ about = [], target }: Finding, all: readonly RankedFinding[]): string | undefined {
  const service = serviceOf(target)
  return all.find(
    ({ finding }) =>
      serviceOf(finding.target) !== service && about.includes(nameOf(finding.target)) && finding.about?.includes(nameOf(target)) !== true,
  )?.finding.target
}

function serviceOf(target: string): string {
  return /^[^@/]*/.exec(target)?.[0] ?? ''
}

/** The name a target ends with; that of the instance where it is one as a whole. */
function nameOf(target: string): string {
  return target.slice(Math.max(target.lastIndexOf('/'), target.includes('/') ? -1 : target.indexOf('@')) + 1)
}

/** The finding a chain of causes begins with; undefined where the cause is no finding, or the chain is a circle. */
function rootOf(entry: RankedFinding, causeOf: (entry: RankedFinding) => RankedFinding | undefined): RankedFinding | undefined {
  const seen = new Set([entry])
  let current = entry
  for (;;) {
    const next = causeOf(current)
    if (next === undefined) return current === entry ? undefined : current
    if (seen.has(next)) return undefined
    seen.add(next)
    current = next
  }
}

function worse(own: Finding, other: Finding): Finding {
  return severities.indexOf(other.severity) < severities.indexOf(own.severity) ? { ...own, severity: other.severity } : own
}

function compare(first: Finding, second: Finding): number {
  return (
    severities.indexOf(first.severity) - severities.indexOf(second.severity) ||
    stakes.indexOf(first.stake ?? 'function') - stakes.indexOf(second.stake ?? 'function') ||
    (first.id < second.id ? -1 : 1)
  )
}
