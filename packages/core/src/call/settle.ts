import { ToolError } from '../define/error.ts'
import type { Clock } from '../runtime/runtime.ts'
import type { Input, RegisteredWrite } from './registered-tool.ts'

/** The state a write left, and whether that is what it set out to leave. */
export interface Settlement {
  after: unknown
  /** Undefined where it settled. */
  problem: ToolError | undefined
  milliseconds: number
}

const firstPauseMs = 100
const longestPauseMs = 2_000

function unread(error: unknown): undefined {
  if (!ToolError.isInstance(error) && !(error instanceof Error && error.name === 'AbortError')) throw error
  return undefined
}

/** Reads the state again until the write has settled, cannot settle any more, or ran out of time. */
export async function settle(
  write: RegisteredWrite,
  {
    before,
    input,
    clock,
    signal,
    read,
    progress,
  }: {
    before: unknown
    input: Input
    clock: Clock
    signal: AbortSignal
    read: () => Promise<unknown>
    progress: (message: string) => void
  },
): Promise<Settlement> {
  const started = clock.now()
  const elapsed = () => Math.max(0, clock.now() - started)
  // Counted beside the clock, which may be set back while this waits.
  let pausedMs = 0
  let after: unknown
  let reason = 'its state could not be read'
  let told = ''
  // Where nothing says when it has settled, the state is told as it is, and one that cannot be read is no failure of the write.
  if (!write.settles) return { after: await read().catch(unread), problem: undefined, milliseconds: 0 }
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    try {
      after = await read()
      const verdict = write.settled(after, input, before)
      if (verdict === true) return { after, problem: undefined, milliseconds: elapsed() }
      if (typeof verdict === 'object') return { after, problem: new ToolError('upstream', verdict.failed), milliseconds: elapsed() }
      reason = verdict
    } catch (error) {
      if (!signal.aborted && !ToolError.isInstance(error)) throw error
      // It becomes a part of a sentence.
      if (ToolError.isInstance(error)) reason = error.message.replace(/\.$/, '')
    }
    // Cancelled or not, the write has happened: it is told and kept like any other that did not settle.
    if (signal.aborted)
      return { after, problem: new ToolError('denied', `nobody waited for it to settle: ${reason}`), milliseconds: elapsed() }
    if (Math.max(elapsed(), pausedMs) + pauseMs > write.settleWithinMs) {
      const seconds = Math.round(write.settleWithinMs / 1_000)
      return { after, problem: new ToolError('timeout', `not settled within ${seconds} s: ${reason}`), milliseconds: elapsed() }
    }
    if (reason !== told) progress(`waiting: ${(told = reason)}`)
    await clock.sleep(pauseMs, signal).catch(() => undefined)
    pausedMs += pauseMs
  }
}
