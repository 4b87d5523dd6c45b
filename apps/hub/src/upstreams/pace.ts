/** Counts what nobody asked for, and lets a stream rest that brings too much of it: a flood waits at its source. */
export interface Pace {
  count(): void
  stop(): void
}

const [mostMessages, withinMs] = [200, 100]

/** Makes the pace of one stream. */
export function createPace(rest: () => void, goOn: () => void): Pace {
  let [began, counted] = [0, 0]
  let timer: NodeJS.Timeout | undefined
  return {
    count() {
      const now = performance.now()
      if (now - began > withinMs) {
        began = now
        counted = 0
      }
      counted += 1
      if (counted < mostMessages || timer !== undefined) return
      rest()
      timer = setTimeout(() => {
        timer = undefined
        goOn()
      }, withinMs).unref()
    },
    stop: () => clearTimeout(timer),
  }
}
