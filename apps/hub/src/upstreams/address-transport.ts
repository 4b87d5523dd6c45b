import type { Transport } from '@modelcontextprotocol/client'
import { ToolError, type Connection } from '@rackwarden/core'
import { createConnection, type Log, type UpstreamAddress } from '@rackwarden/core/runtime'
import { setTimeout as pause } from 'node:timers/promises'

/** What requests to a foreign server are sent with besides its configuration. */
export interface AddressOptions {
  readonly log: Log
  /** Longest message taken from it. */
  readonly maxBytes: number
  /** How long it may take to begin an answer. */
  readonly timeoutMs: number
  /** Told that a stream broke off, or that one nobody waits for an answer on ended. */
  readonly broken: () => void
}

/** A transport over HTTP, and what lets go of its sockets. */
export interface AddressTransport {
  readonly transport: Transport
  readonly close: () => Promise<void>
}

/** Longer than any timer runs: a stream ends when one of both sides ends it. */
const noLimitMs = 0x7fff_ffff + 1
const [mostEvents, withinMs] = [500, 100]
const reconnectionOptions = { initialReconnectionDelay: 500, maxReconnectionDelay: 5_000, reconnectionDelayGrowFactor: 2, maxRetries: 2 }

/** Makes the transport to an address. Its requests take the way all of ours do, so pins and authorities count for them. */
export async function createAddressTransport(address: UpstreamAddress, options: AddressOptions): Promise<AddressTransport> {
  const { SSEClientTransport, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
  const connection = createConnection({ ...address.connection, timeoutMs: options.timeoutMs }, { log: options.log })
  const url = new URL(address.connection.url)
  // What stands in the address is sent by the connection, as the header it is.
  url.username = ''
  url.password = ''
  const fetch = fetchThrough(connection, options)
  const requestInit = { headers: { ...address.headers } }
  const transport =
    address.kind === 'sse'
      ? new SSEClientTransport(url, { fetch, requestInit, eventSourceInit: { fetch: withHeaders(fetch, address.headers) } })
      : new StreamableHTTPClientTransport(url, { fetch, requestInit, reconnectionOptions })
  return { transport, close: async () => connection.close?.() }
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

function withHeaders(fetch: Fetch, headers: Readonly<Record<string, string>>): Fetch {
  return (url, init) => {
    const own = new Headers(headers)
    for (const [name, value] of new Headers(init?.headers)) own.set(name, value)
    return fetch(url, { ...init, headers: own })
  }
}

function fetchThrough(connection: Connection, { maxBytes, timeoutMs, broken }: AddressOptions): Fetch {
  return async (url, init = {}) => {
    // An answer may take as long as the call may; only its beginning is waited for here, and only of what asks for nothing.
    const begin = new AbortController()
    const timer =
      init.method === 'POST'
        ? undefined
        : setTimeout(() => begin.abort(new ToolError('timeout', `No answer within ${timeoutMs} ms.`)), timeoutMs)
    try {
      const response = await connection.fetch(String(url), {
        ...init,
        signal: init.signal ? AbortSignal.any([init.signal, begin.signal]) : begin.signal,
        timeoutMs: noLimitMs,
        maxBytes: Number.MAX_SAFE_INTEGER,
        idempotent: false,
      })
      return response.body === null
        ? response
        : new Response(bounded(response, { maxBytes, broken, staysOpen: init.method !== 'POST' }), response)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A body with no longer message in it than allowed, whose events are read no faster than anybody could mean. */
function bounded(
  response: Response,
  { maxBytes, broken, staysOpen }: Pick<AddressOptions, 'maxBytes' | 'broken'> & { staysOpen: boolean },
): ReadableStream<Uint8Array> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let [bytes, events, began] = [0, 0, performance.now()]
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          broken()
          throw error
        })
        if (done) {
          if (isStream && staysOpen) broken()
          return controller.close()
        }
        bytes += value.length
        if (isStream) {
          const ends = eventEnds(value)
          events += ends.count
          if (ends.count > 0) bytes = value.length - ends.last
        }
        if (bytes > maxBytes) {
          await reader.cancel().catch(() => undefined)
          return controller.error(
            new ToolError('upstream', `The answer is longer than ${maxBytes} bytes.`, {
              hint: 'Ask for less, or raise maxBytes of the upstream.',
            }),
          )
        }
        const now = performance.now()
        if (now - began > withinMs) [events, began] = [0, now]
        else if (events > mostEvents) await pause(withinMs)
        return controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Blank lines end events; one that is parted between two chunks is missed, which only makes the event look longer. */
function eventEnds(chunk: Uint8Array): { count: number; last: number } {
  let [count, last] = [0, 0]
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
    const next = chunk[at + 1]
    if (next !== 10 && !(next === 13 && chunk[at + 2] === 10)) continue
    count += 1
    last = at + 1
  }
  return { count, last }
}
