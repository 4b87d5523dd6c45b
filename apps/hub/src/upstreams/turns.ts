import { ToolError } from '@rackwarden/core'

/** Calls of one upstream, so many at once; the others wait, but not for ever and not in any number. */
export interface Turns {
  /** Does some work when it is its turn. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

/** So many may wait for each that is at work. */
const mostWaiting = 16

/** Makes the turns of one upstream. */
export function createTurns(concurrency: number, name: string): Turns {
  const waiting: (() => void)[] = []
  let working = 0

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        const at = waiting.indexOf(begin)
        if (at !== -1) waiting.splice(at, 1)
        reject(signal.reason)
      }
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      waiting.push(begin)
      signal.addEventListener('abort', leave, { once: true })
    })

  return {
    async take(signal, work) {
      signal.throwIfAborted()
      if (working < concurrency) working += 1
      else {
        if (waiting.length >= concurrency * mostWaiting)
          throw new ToolError('rate_limited', `Too many calls of ${name} wait already.`, { hint: 'Make fewer at once.' })
        // Whoever ends hands its place on.
        await turn(signal)
      }
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) working -= 1
        else next()
      }
    },
  }
}
