import type { Verdict } from './verdict.ts'

/** One pool, with a verdict and what speaks for it. */
export interface Pool {
  kind: 'zfs' | 'md' | 'btrfs'
  name: string
  verdict: Verdict
  /** In the words of its own tool. */
  health: string
  usedPercent: number | undefined
  /** Errors read, write, checksum, summed over its disks. */
  errors: number
  /** Days since the last scrub ended; absent where none is known. */
  scrubDays: number | undefined
  evidence: string
}

/** Whole days between two times. */
export function daysBetween(then: number, now: number): number | undefined {
  return Number.isNaN(then) || now < then ? undefined : Math.floor((now - then) / 86_400_000)
}
