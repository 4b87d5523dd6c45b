/** A number of places; who finds none waits in line. */
export interface Slots {
  /** Takes a place; what it returns gives it back, once. */
  take(signal?: AbortSignal): Promise<() => void>
  /** Learns that there are no more places than are taken; false where none is, so that waiting would be in vain. */
  narrow(): boolean
}

/** Makes a number of places. */
export function createSlots(most: number): Slots {
  let limit = most
  let taken = 0
  const line: (() => void)[] = []
  const release = () => {
    let done = false
    return () => {
      if (done) return
      done = true
      taken--
      advance()
    }
  }
  const advance = () => {
    while (taken < limit && line.length > 0) {
      taken++
      line.shift()?.()
    }
  }
  return {
    async take(signal) {
      signal?.throwIfAborted()
      if (taken < limit && line.length === 0) {
        taken++
        return release()
      }
      return new Promise<() => void>((resolve, reject) => {
        const enter = () => {
          signal?.removeEventListener('abort', leave)
          resolve(release())
        }
        const leave = () => {
          line.splice(line.indexOf(enter), 1)
          reject(signal?.reason as Error)
        }
        line.push(enter)
        signal?.addEventListener('abort', leave, { once: true })
      })
    },
    narrow() {
      if (taken === 0) return false
      limit = taken
      return true
    },
  }
}
