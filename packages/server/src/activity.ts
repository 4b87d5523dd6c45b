/**
 * How long calls may go on by themselves when the process ends, how long they have after being told
 * to stop, and how long an answer may take to be written.
 */
export const endLimits = { finishMs: 8000, abortMs: 2000, answerMs: 250 }

/** Requests under way at once: whoever sends more than any client does must not fill the memory with answers. */
export const mostAtOnce = 256

/** Knows what is under way, so that a process can end in order. */
export interface Activity {
  /** How much is under way. */
  readonly size: number
  /** Counts a piece of work from here until it is settled. */
  track<T>(work: Promise<T>): Promise<T>
  /** Resolves when nothing is under way, or when the limit has passed. */
  settled(limitMs: number): Promise<void>
}

/** Makes an activity with nothing under way. */
export function createActivity(): Activity {
  const waiting = new Set<() => void>()
  let size = 0
  return {
    get size() {
      return size
    },
    async track(work) {
      size += 1
      try {
        return await work
      } finally {
        size -= 1
        if (size === 0) for (const wake of waiting) wake()
      }
    },
    settled(limitMs) {
      if (size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, limitMs)
        waiting.add(wake)
      })
    },
  }
}
