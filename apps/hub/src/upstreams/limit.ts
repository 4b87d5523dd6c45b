import { ToolError } from '@rackwarden/core'

/** How long a call may take: longer while it says how far it is, and not counted while somebody is asked. */
export interface CallLimit {
  readonly signal: AbortSignal
  /** It said that it goes on. */
  touch(): void
  /** Does not count what this takes. */
  without<T>(waiting: () => Promise<T>): Promise<T>
  stop(): void
}

/** So many times the limit is the end, whatever progress was told. */
const mostTimes = 10

/** Starts the limit of one call. */
export function startLimit(timeoutMs: number, name: string, caller: AbortSignal): CallLimit {
  const controller = new AbortController()
  let [left, began, spent] = [timeoutMs, performance.now(), 0]
  let timer: NodeJS.Timeout | undefined
  let waiting = 0
  const expire = () =>
    controller.abort(
      new ToolError('timeout', `${name} did not answer within ${timeoutMs} ms; the call was cancelled.`, {
        hint: 'What it began may still take effect. Raise timeoutMs of the upstream if it needs longer.',
      }),
    )
  const abort = () => controller.abort(caller.reason)
  const run = () => {
    began = performance.now()
    timer = setTimeout(expire, left)
  }
  const rest = () => {
    clearTimeout(timer)
    const passed = performance.now() - began
    left = Math.max(0, left - passed)
    spent += passed
  }
  if (caller.aborted) abort()
  caller.addEventListener('abort', abort, { once: true })
  run()
  return {
    signal: controller.signal,
    touch() {
      if (waiting > 0) return
      rest()
      left = Math.max(0, Math.min(timeoutMs, timeoutMs * mostTimes - spent))
      run()
    },
    async without(work) {
      waiting += 1
      if (waiting === 1) rest()
      try {
        return await work()
      } finally {
        waiting -= 1
        if (waiting === 0) run()
      }
    },
    stop() {
      clearTimeout(timer)
      caller.removeEventListener('abort', abort)
    },
  }
}
