import type { CallResult } from '@rackwarden/core/runtime'

/** Knows the calls that are under way in a process, so that it can end in order. */
export interface Activity {
  /** Calls under way. */
  readonly size: number
  /** How many calls came to which kind of result. */
  readonly counts: Readonly<Record<CallResult['kind'], number>>
  /** Counts a call from here until it is settled. */
  track(call: Promise<CallResult>): Promise<CallResult>
  /** Resolves true when nothing is under way, false when the limit passes first. */
  settled(limitMs: number): Promise<boolean>
}

/** Makes the activity of one process or one server. */
export function createActivity(): Activity {
  const counts = { done: 0, plan: 0, pending: 0, running: 0, error: 0 }
  const waiting = new Set<() => void>()
  let size = 0
  return {
    get size() {
      return size
    },
    counts,
    async track(call) {
      size += 1
      try {
        const result = await call
        counts[result.kind] += 1
        return result
      } finally {
        size -= 1
        if (size === 0) for (const wake of waiting) wake()
      }
    },
    settled(limitMs) {
      if (size === 0) return Promise.resolve(true)
      return new Promise((resolve) => {
        const finish = (idle: boolean) => {
          clearTimeout(timer)
          waiting.delete(wake)
          resolve(idle)
        }
        const wake = () => finish(true)
        const timer = setTimeout(() => finish(false), limitMs)
        waiting.add(wake)
      })
    },
  }
}
