import type { Deadline } from './deadline.ts'
import { isTransient } from './failure.ts'

const attempts = 3
const firstPauseMs = 100
const busy = new Set([429, 502, 503, 504])

/** What a retry has to know of an answer. */
export interface Attempt {
  statusCode: number
  retryAfter: string | undefined
  /** Lets go of an answer that is not given on. */
  discard(): void
}

type Outcome<T> = { answer: T } | { error: unknown }

/** Repeats what failed for the moment, as long as the deadline leaves room for the pause before it and as much again. */
export async function withRetries<T extends Attempt>(send: () => Promise<T>, repeatable: boolean, deadline: Deadline): Promise<T> {
  let known: { error: unknown } | undefined
  let wait = 0
  for (let count = 1; ; count++) {
    const outcome = await attemptOnce(async () => {
      if (wait > 0) await deadline.sleep(wait)
      return send()
    })
    // A limit that ends a second attempt says less than what ended the first.
    if ('error' in outcome && deadline.expired() && known !== undefined) throw known.error
    const transient = 'answer' in outcome ? busy.has(outcome.answer.statusCode) : isTransient(outcome.error)
    wait = pauseMs(count, 'answer' in outcome ? outcome.answer.retryAfter : undefined)
    if (!repeatable || !transient || count === attempts || deadline.signal.aborted || wait * 2 >= deadline.remaining())
      return settle(outcome)
    if ('answer' in outcome) outcome.answer.discard()
    else known = outcome
  }
}

function settle<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer
  throw outcome.error
}

async function attemptOnce<T>(send: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await send() }
  } catch (error) {
    return { error }
  }
}

/** Exponential, between half and all of the step so that clients do not move in step; what the server asks for counts more. */
function pauseMs(count: number, retryAfter: string | undefined): number {
  const step = firstPauseMs * 2 ** (count - 1)
  const jittered = step / 2 + Math.random() * (step / 2)
  return Math.max(jittered, retryAfterMs(retryAfter, Date.now()) ?? 0)
}

/** Milliseconds a `Retry-After` header asks for: seconds or a date. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
