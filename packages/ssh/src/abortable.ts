import { setMaxListeners } from 'node:events'

/** Waits for work, but no longer than until one of the signals is aborted; rejects with its reason then. */
export async function abortable<T>(work: Promise<T>, ...given: readonly (AbortSignal | undefined)[]): Promise<T> {
  const signals = given.filter((signal) => signal !== undefined)
  for (const signal of signals) {
    if (signal.aborted) work.catch(() => undefined)
    signal.throwIfAborted()
    // One connection carries many calls at once; Node 20 takes more than ten listeners for a leak.
    setMaxListeners(0, signal)
  }
  const over = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    for (const signal of signals) signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    over.abort()
  }
}
