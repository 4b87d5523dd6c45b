import { ToolError } from '@rackwarden/core'
import { setMaxListeners } from 'node:events'

/** What came of work that was given a limit of its own. */
export type Attempt<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: ToolError }

/** Does work within a limit: what fails or is late is told and fails nothing else. An abort of the caller goes on. */
export async function attempt<Value>(
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Attempt<Value>> {
  const limit = new AbortController()
  const late = new ToolError('timeout', `no answer within ${limitMs / 1000} s`)
  const timer = setTimeout(() => limit.abort(late), limitMs)
  const both = AbortSignal.any([signal, limit.signal])
  setMaxListeners(0, both)
  try {
    return { value: await work(both) }
  } catch (error) {
    signal.throwIfAborted()
    if (limit.signal.aborted) return { problem: late }
    if (ToolError.isInstance(error)) return { problem: error }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** What the account may not see, and what is not there, is left out; any other failure goes on. */
export async function ifAllowed<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked
  } catch (error) {
    if (ToolError.isInstance(error) && ['forbidden', 'not_found', 'upstream', 'invalid_input'].includes(error.code)) return undefined
    throw error
  }
}
