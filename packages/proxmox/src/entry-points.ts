import { ToolError, type Connection, type FetchOptions } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'

/** Asks the cluster through whichever of its nodes answers. */
export type Ask = Connection['fetch']

// A node that was seen to answer is trusted to do so again; one that was not is given this long before the next is asked as well.
const patienceMs = 400

/** Makes the way to a cluster through any of its nodes; with one address it is the connection itself. */
export function throughAnyNode(connection: Connection, others: readonly string[]): Ask {
  if (others.length === 0) return async (target, options) => connection.fetch(target, options)
  // The first is the connection's own, and asked by path.
  const entries = ['', ...others.map((url) => url.replace(/\/+$/, ''))]
  let current = 0
  let isProven = false

  async function ask(entry: number, target: string, options: FetchOptions): Promise<Response> {
    const response = await connection.fetch(`${entries[entry]}${target}`, options)
    current = entry
    isProven = true
    return response
  }

  return async (target, options = {}) => {
    const { method = 'GET', signal } = options
    try {
      // A write goes to the one that answered what it rests on, and to it alone: twice it may never be sent.
      if (method !== 'GET' || isProven) return await ask(current, target, options)
    } catch (error) {
      isProven = false
      // What is slow behind one that answers is slow behind every other.
      const isGone = ToolError.isInstance(error) && error.code === 'unreachable'
      if (method !== 'GET' || signal?.aborted === true || !isGone) throw error
    }
    return firstOf(entries.length, current, signal ?? undefined, async (entry, own) => ask(entry, target, { ...options, signal: own }))
  }
}

/** The first answer of several that are asked one after the other, sooner where one fails; the first failure where all do. */
async function firstOf(
  total: number,
  start: number,
  signal: AbortSignal | undefined,
  ask: (entry: number, signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const limits = Array.from({ length: total }, () => new AbortController())
  const attempts: Promise<{ response: Response; limit: AbortController }>[] = []
  for (const [index, limit] of limits.entries()) {
    const own = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal])
    const before = attempts.at(-1)
    const attempt = async () => {
      if (before !== undefined) await Promise.race([pause(index * patienceMs, undefined, { signal: own }), failureOf(before)])
      return { response: await ask((start + index) % total, own), limit }
    }
    attempts.push(attempt())
  }
  try {
    const { response, limit } = await Promise.any(attempts)
    for (const other of limits) if (other !== limit) other.abort()
    return response
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  }
}

/** Ends when an attempt fails, and never where it does not. */
async function failureOf(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt
  } catch {
    return
  }
  await new Promise<never>(() => undefined)
}
