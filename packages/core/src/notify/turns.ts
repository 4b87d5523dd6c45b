import type { Runtime } from '../runtime/runtime.ts'

/** Whose turn it is, so that no principal floods a phone. */
export interface Turns {
  /**
   * Waits for a turn of a principal, and says how many behind it have to wait; undefined, and no turn taken, where it is not
   * wanted any more by then. Rejects when aborted before the turn came.
   */
  next(principal: string, wanted: () => Promise<boolean>, signal: AbortSignal): Promise<number | undefined>
}

interface Line {
  /** When the latest turns were taken, oldest first. */
  taken: readonly number[]
  waiting: number
  last: Promise<unknown>
}

const turnsAMinute = 5

/** Gives each principal a few turns a minute, in the order they asked. */
export function createTurns(clock: Runtime['clock']): Turns {
  const lines = new Map<string, Line>()

  const pauseOf = ({ taken }: Line): number => (taken.at(-turnsAMinute) ?? -Infinity) + 60_000 - clock.now()

  const turn = async (line: Line, wanted: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> => {
    const pause = pauseOf(line)
    if (pause > 0) await clock.sleep(pause, signal)
    if (!(await wanted())) return false
    line.taken = [...line.taken, clock.now()].slice(-turnsAMinute)
    return true
  }

  return {
    async next(principal, wanted, signal) {
      const line = lines.get(principal) ?? { taken: [], waiting: 0, last: Promise.resolve() }
      lines.set(principal, line)
      line.waiting += 1
      const mine = line.last.then(() => turn(line, wanted, signal)).finally(() => (line.waiting -= 1))
      line.last = mine.catch(() => undefined)
      if (!(await mine)) return undefined
      return pauseOf(line) > 0 ? line.waiting : 0
    },
  }
}
