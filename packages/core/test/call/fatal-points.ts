/** The points of a write, at one of which its process is gone with whatever it had not yet written. */
export interface FatalPoints {
  count: number
  /** One point. */
  passed: () => void
  /** The same thing with a point before and after everything that is asked of it, or of what is named alone. */
  watched: <Thing extends object>(thing: Thing, only?: readonly (keyof Thing)[]) => Thing
}

/** Ends this process at the fatal one of its points; at none where that is 0. */
export function fatalPoints(fatal: number, end: () => void = () => process.kill(process.pid, 'SIGKILL')): FatalPoints {
  const points: FatalPoints = {
    count: 0,
    passed: () => {
      points.count += 1
      if (points.count === fatal) end()
    },
    watched: (thing, only) =>
      new Proxy(thing, {
        get: (target, key) => {
          const member: unknown = Reflect.get(target, key)
          if (typeof member !== 'function' || only?.includes(key as keyof typeof thing) === false) return member
          return (...given: unknown[]) => {
            points.passed()
            const answer: unknown = Reflect.apply(member, target, given)
            if (!(answer instanceof Promise)) return answer
            return answer.finally(points.passed)
          }
        },
      }),
  }
  return points
}
