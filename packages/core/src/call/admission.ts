import { ToolError } from '../define/error.ts'
import type { Clock } from '../runtime/runtime.ts'

/** How many calls one instance is given at once, and how many wait for it. */
export interface AdmissionLimits {
  callsAtOnce: number
  callsWaiting: number
}

/** Who comes to an instance. */
export interface Comer {
  principal: string
  /** Aborted where nobody waits for it any more. */
  signal?: AbortSignal | undefined
  /** Whether it goes on with what was begun: it goes first, and is never turned away. */
  begun?: boolean
}

/** The door of one instance: who may be at work with it, and who waits. */
export interface Admission {
  readonly running: number
  readonly waiting: number
  /** How many were turned away so far. */
  readonly refused: number
  /** Resolves when there is room, with what gives it back; rejects with `rate_limited`, or with the reason of the signal. */
  enter(comer: Comer): Promise<() => void>
}

/** What a door is made from. */
export interface AdmissionOptions extends AdmissionLimits {
  /** The instance, as messages name it. */
  place: string
  /** Longest anybody waits. */
  waitMs: number
  clock: Pick<Clock, 'after'>
}

interface Waiter {
  enter(): void
  refuse(error: unknown): void
}

/** Makes the door of an instance. Who waits is let in by turns of the principals, so that none waits for all calls of another. */
export function createAdmission({ place, callsAtOnce, callsWaiting, waitMs, clock }: AdmissionOptions): Admission {
  let [running, waiting, refused] = [0, 0, 0]
  const begun = new Set<Waiter>()
  // In the order of whose turn it is.
  const lines = new Map<string, Set<Waiter>>()

  function next(): Waiter | undefined {
    const [first] = begun
    if (first !== undefined) return first
    const [turn] = lines
    if (turn === undefined) return undefined
    const [principal, line] = turn
    lines.delete(principal)
    lines.set(principal, line)
    return [...line][0]
  }

  function admit(): void {
    const waiter = running < callsAtOnce ? next() : undefined
    waiter?.enter()
  }

  function leaving(): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      running -= 1
      admit()
    }
  }

  function refusal(why: string): ToolError {
    refused += 1
    return new ToolError('rate_limited', `${place} is busy: ${why}`, {
      hint: 'Nothing was done. Try again in a few seconds, with fewer calls at once.',
      retryAfterSeconds: 5,
    })
  }

  /** Makes room in a line that is full, at the cost of whoever has the most in it; false where that is the one who comes. */
  function makesRoom(principal: string): boolean {
    if (waiting < callsWaiting) return true
    const [longest] = [...lines.values()].toSorted((first, second) => second.size - first.size)
    const latest = longest === undefined ? undefined : [...longest].at(-1)
    if (longest === undefined || latest === undefined || longest.size <= (lines.get(principal)?.size ?? 0) + 1) return false
    latest.refuse(refusal('others wait as well, with fewer calls in the line.'))
    return true
  }

  function wait({ principal, signal, begun: isBegun = false }: Comer): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const line = isBegun ? begun : (lines.get(principal) ?? new Set())
      const leaveLine = () => {
        line.delete(waiter)
        if (!isBegun) waiting -= 1
        if (!isBegun && line.size === 0) lines.delete(principal)
        cancelLimit?.()
        signal?.removeEventListener('abort', abort)
      }
      const waiter: Waiter = {
        enter: () => {
          leaveLine()
          running += 1
          resolve(leaving())
        },
        refuse: (error) => {
          leaveLine()
          reject(error)
        },
      }
      const abort = () => waiter.refuse(signal?.reason)
      const late = () => waiter.refuse(refusal(`${callsAtOnce} calls are at work, and none ended within ${waitMs / 1_000} s.`))
      const cancelLimit = isBegun ? undefined : clock.after(waitMs, late)
      signal?.addEventListener('abort', abort, { once: true })
      line.add(waiter)
      if (isBegun) return
      lines.set(principal, line)
      waiting += 1
    })
  }

  return {
    get running() {
      return running
    },
    get waiting() {
      return waiting
    },
    get refused() {
      return refused
    },
    async enter(comer) {
      if (running < callsAtOnce) {
        running += 1
        return leaving()
      }
      comer.signal?.throwIfAborted()
      if (comer.begun !== true && !makesRoom(comer.principal)) throw refusal(`${running} calls are at work and ${waiting} wait.`)
      return wait(comer)
    },
  }
}

/** Does something at an instance once there is room for it. */
export async function admitted<T>(admission: Admission | undefined, comer: Comer, work: () => Promise<T>): Promise<T> {
  if (admission === undefined) return work()
  const leave = await admission.enter(comer)
  try {
    return await work()
  } finally {
    leave()
  }
}
