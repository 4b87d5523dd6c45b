import { addressOf, timeText, type Place } from './addresses.ts'
import type { Snapshot } from './inventory.ts'

/** Days after which a verification is an old one; what is kept on disks rots. */
export const staleVerificationDays = 30

/** How much of a place is verified. */
export interface Coverage extends Place {
  backups: number
  /** Verified within the days that count. */
  ok: number
  /** Verified, but longer ago. */
  outdated: number
  failed: number
  never: number
}

/** What the last verification of a backup is worth now. */
export function verdictOf(
  { verification, verifiedAt }: Pick<Snapshot, 'verification' | 'verifiedAt'>,
  now: number,
): 'ok' | 'outdated' | 'failed' | 'never' {
  if (verification === 'failed') return 'failed'
  if (verification === 'none') return 'never'
  const oldest = now / 1_000 - staleVerificationDays * 86_400
  return verifiedAt === undefined || verifiedAt < oldest ? 'outdated' : 'ok'
}

/** Counts what is verified in each namespace; one that is still written is not counted. */
export function coverageOf(snapshots: readonly Snapshot[], now: number): Coverage[] {
  const places = new Map<string, Coverage>()
  for (const snapshot of snapshots) {
    if (snapshot.size === undefined) continue
    const { store, namespace } = snapshot
    const key = addressOf({ store, namespace })
    const own = places.get(key) ?? { store, namespace, backups: 0, ok: 0, outdated: 0, failed: 0, never: 0 }
    own.backups += 1
    own[verdictOf(snapshot, now)] += 1
    places.set(key, own)
  }
  return [...places.values()]
}

/** The last verification in words. */
export function verifiedText({ verification, verifiedAt }: Pick<Snapshot, 'verification' | 'verifiedAt'>): string {
  if (verification === 'none') return 'no'
  const on = verifiedAt === undefined ? '' : ` ${timeText(verifiedAt).slice(0, 10)}`
  return verification === 'ok' ? `ok${on}` : `FAILED${on}`
}
