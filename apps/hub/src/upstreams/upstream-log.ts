import type { Clock, Log } from '@rackwarden/core/runtime'

/** Lines of others in our log: named, cut, and no more than anybody reads. */
export interface UpstreamLog {
  /** A line the server wrote. */
  line(text: string): void
}

const [mostLines, withinMs, longestLine] = [20, 10_000, 500]

/** Makes the log of one upstream. */
export function createUpstreamLog(name: string, log: Log, clock: Clock): UpstreamLog {
  let [began, told, left] = [Number.NEGATIVE_INFINITY, 0, 0]
  return {
    line(text) {
      const now = clock.now()
      if (now - began >= withinMs) {
        if (left > 0) log('info', `${name}: ${left} more lines were left out`)
        began = now
        told = 0
        left = 0
      }
      if (text.trim() === '') return
      if (told >= mostLines) {
        left += 1
        return
      }
      told += 1
      log('info', `${name}: ${text.length > longestLine ? `${text.slice(0, longestLine)}…` : text}`)
    },
  }
}
