import { ToolError } from '@rackwarden/core'
import type { PbsClient } from './client.ts'

/** What every part of the findings is given. */
export interface FindingContext {
  client: PbsClient
  instance: string
  signal: AbortSignal
  /** Milliseconds since the epoch, on the server's clock. */
  now: number
}

/** What is asked, or nothing where it takes longer than others can wait. */
export async function withinMs<Told>(
  limitMs: number,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Told>,
): Promise<Told | undefined> {
  const limit = AbortSignal.timeout(limitMs)
  try {
    return await ask(AbortSignal.any([signal, limit]))
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted && (!ToolError.isInstance(error) || error.code === 'timeout')) return undefined
    throw error
  }
}
