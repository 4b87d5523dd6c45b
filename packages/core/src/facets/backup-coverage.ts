import type { BackupCopy, BackupSubject } from '../define/backup.ts'
import type { Asset } from '../define/facet.ts'

/** Whether a thing could be brought back, worst first. */
export const coverageVerdicts = ['none', 'corrupt', 'stale', 'ambiguous', 'unsafe', 'unverified', 'ok'] as const

/** Whether a thing could be brought back. */
export type CoverageVerdict = (typeof coverageVerdicts)[number]

/** How one thing stands to its backups. */
export interface BackupCoverage {
  asset: Asset
  verdict: CoverageVerdict
  copies: readonly BackupCopy[]
  /** The newest copy it could be brought back from. */
  best: BackupCopy | undefined
  /** What a fresh backup would not help with, a phrase each. */
  gaps: readonly string[]
  /** A name its backups were made under that is not its own: it was renamed, or its number is used again. */
  knownAs: string | undefined
}

/** What there is and what is kept of it, joined; and what is kept of nothing that is here. */
export interface JoinedBackups {
  coverage: readonly BackupCoverage[]
  orphans: readonly BackupCopy[]
}

const hourMs = 3_600_000

/** Joins things that are to be backed up with their backups, wherever they are kept: by kind and number, and by name where a number is not alone. */
export function joinBackups(
  assets: readonly Asset[],
  copies: readonly BackupCopy[],
  { now, hours }: { now: number; hours: number },
): JoinedBackups {
  const wanted = assets.flatMap((asset) => (asset.backedUpAs === undefined ? [] : [{ asset, subject: asset.backedUpAs }]))
  const namesakes = countBy(wanted.map(({ subject }) => keyOf(subject)))
  const byKey = grouped(copies)
  const taken = new Set<BackupCopy>()
  const coverage = wanted.map(({ asset, subject }): BackupCoverage => {
    const filed = byKey.get(keyOf(subject)) ?? []
    const isAlone = namesakes.get(keyOf(subject)) === 1
    const own = isAlone ? filed : filed.filter((copy) => isNamed(copy.subject, subject))
    // Where a number is that of several, what has no name may be anybody's: it is nobody's, and no orphan.
    const unclear = isAlone ? [] : filed.filter((copy) => copy.subject.name === undefined || subject.name === undefined)
    for (const copy of [...own, ...unclear]) taken.add(copy)
    const best = newestOf(own)
    const isFresh = (copy: BackupCopy) => ageOf(copy, now) <= hours * hourMs
    const gaps = [
      ...(subject.gaps ?? []),
      ...besideIt(
        asset,
        own.filter((copy) => copy.usable !== undefined && isFresh(copy)),
      ),
    ]
    return {
      asset,
      verdict: verdictOf({ own, best, isUnclear: unclear.length > 0, hasGaps: gaps.length > 0 }, isFresh),
      copies: own,
      best,
      gaps,
      knownAs: own.find((copy) => isRenamed(copy.subject, subject))?.subject.name,
    }
  })
  const order = (verdict: CoverageVerdict) => coverageVerdicts.indexOf(verdict)
  return {
    coverage: coverage.toSorted(
      (first, second) => order(first.verdict) - order(second.verdict) || (first.asset.target < second.asset.target ? -1 : 1),
    ),
    orphans: wanted.length === 0 ? [] : copies.filter((copy) => !taken.has(copy) && copy.subject.kind !== 'host'),
  }
}

function verdictOf(
  { own, best, isUnclear, hasGaps }: { own: readonly BackupCopy[]; best: BackupCopy | undefined; isUnclear: boolean; hasGaps: boolean },
  isFresh: (copy: BackupCopy) => boolean,
): CoverageVerdict {
  if (best?.usable === undefined) {
    if (isUnclear) return 'ambiguous'
    return own.some(({ newest }) => newest !== undefined) ? 'corrupt' : 'none'
  }
  if (!isFresh(best)) return 'stale'
  if (hasGaps) return 'unsafe'
  // Any fresh copy that was verified is enough.
  const isVerified = own.some((copy) => copy.usable !== undefined && isFresh(copy) && copy.verified === 'ok')
  return isVerified || best.verified === undefined ? 'ok' : 'unverified'
}

/** What lives on the only machine its backups lie on is lost together with them. */
function besideIt({ parent }: Asset, fresh: readonly BackupCopy[]): string[] {
  const isBeside = parent !== undefined && fresh.length > 0 && fresh.every(({ liesOn }) => liesOn === parent)
  return isBeside ? [`its backups lie on ${parent}, as it does`] : []
}

function ageOf({ usable = '', toldAt }: BackupCopy, now: number): number {
  return (toldAt === undefined ? now : Date.parse(toldAt)) - Date.parse(usable)
}

function newestOf(copies: readonly BackupCopy[]): BackupCopy | undefined {
  const usable = copies.filter((copy) => copy.usable !== undefined)
  return usable.toSorted((first, second) => Date.parse(second.usable ?? '') - Date.parse(first.usable ?? ''))[0]
}

function keyOf({ kind, id }: BackupSubject): string {
  return `${kind}/${id.toLowerCase()}`
}

function isNamed(copy: BackupSubject, subject: BackupSubject): boolean {
  return copy.name !== undefined && copy.name.toLowerCase() === subject.name?.toLowerCase()
}

function isRenamed(copy: BackupSubject, subject: BackupSubject): boolean {
  return copy.name !== undefined && subject.name !== undefined && !isNamed(copy, subject)
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function grouped(copies: readonly BackupCopy[]): Map<string, BackupCopy[]> {
  const groups = new Map<string, BackupCopy[]>()
  for (const copy of copies) groups.set(keyOf(copy.subject), [...(groups.get(keyOf(copy.subject)) ?? []), copy])
  return groups
}
