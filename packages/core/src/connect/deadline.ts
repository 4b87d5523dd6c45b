import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** The limit of one exchange, joined with the caller's own signal. */
export interface Deadline {
  signal: AbortSignal
  /** True once the limit itself was reached: the caller did not abort. */
  expired(): boolean
  /** Milliseconds left. */
  remaining(): number
  /** Rejects with the signal's reason as soon as it is aborted, whatever the work does. */
  race<T>(work: Promise<T>): Promise<T>
  sleep(milliseconds: number): Promise<void>
  /** Takes the limit away: the exchange is over. */
  stop(): void
  /** Takes the limit away and ends what is still under way. */
  abandon(): void
}

/** Starts the clock; `reason` makes the reason the signal is aborted with. */
export function startDeadline(timeoutMs: number, reason: () => unknown, caller?: AbortSignal | null): Deadline {
  caller?.throwIfAborted()
  const controller = new AbortController()
  const { signal } = controller
  const end = performance.now() + timeoutMs
  const forward = () => controller.abort(caller?.reason)
  // One call may send many requests at once; Node 20 takes more than ten listeners for a leak.
  if (caller) setMaxListeners(0, caller)
  caller?.addEventListener('abort', forward, { once: true })
  let expired = false
  const expire = () => {
    expired = !signal.aborted
    controller.abort(reason())
  }
  // Unreferenced: a body nobody reads must not keep the process alive. Node fires a longer timer at once.
  const timer = timeoutMs <= 0x7fff_ffff ? setTimeout(expire, timeoutMs).unref() : undefined
  const race = async <T>(work: Promise<T>): Promise<T> => {
    let give: (() => void) | undefined
    const aborted = new Promise<never>((_, reject) => {
      give = () => reject(signal.reason)
      if (signal.aborted) give()
      else signal.addEventListener('abort', give, { once: true })
    })
    try {
      return await Promise.race([work, aborted])
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      if (give !== undefined) signal.removeEventListener('abort', give)
    }
  }
  const stop = () => {
    clearTimeout(timer)
    caller?.removeEventListener('abort', forward)
  }
  return {
    signal,
    race,
    expired: () => expired,
    remaining: () => end - performance.now(),
    sleep: (milliseconds) => race(pause(milliseconds, undefined, { signal })),
    stop,
    abandon() {
      stop()
      controller.abort()
    },
  }
}
