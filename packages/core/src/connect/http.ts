import type { Agent, Dispatcher } from 'undici'
import type { FetchOptions } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { addressesIn, parseAddress, resolveTarget, type Address } from './address.ts'
import { decoded, incomingBody, outgoingBody, tooLarge, type OutgoingBody } from './body.ts'
import type { ConnectionConfig, ConnectionDependencies, Tunnel } from './connection-config.ts'
import { startDeadline, type Deadline } from './deadline.ts'
import { connectLimit } from './dial.ts'
import { failureOf, timeoutOf, type Place } from './failure.ts'
import { redirectTarget } from './redirect.ts'
import { withRetries, type Attempt } from './retry.ts'
import { createConnector, noTrust, readTrust } from './tls.ts'

const defaultMaxBytes = 16 * 1024 * 1024
const mostRedirects = 5
const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

interface Exchange {
  agent: Agent
  method: string
  headers: Headers
  body: OutgoingBody
  repeatable: boolean
  followRedirects: boolean
  deadline: Deadline
  maxBytes: number
}

interface Answer extends Attempt {
  data: Dispatcher.ResponseData
}

/** The HTTP end of a connection: one pool of kept-alive sockets, opened at the first request. */
export function createHttp(
  config: ConnectionConfig & { timeoutMs: number },
  { log, tunnel }: ConnectionDependencies,
): { fetch: (target: string, options?: FetchOptions) => Promise<Response>; close: () => Promise<void> } {
  if (config.tlsInsecure === true && config.tlsFingerprint === undefined)
    log(
      'warn',
      `${insecureName(config)}: tlsInsecure is set, so any certificate is accepted and whoever sits in between can read and change everything.`,
    )
  let agent: Promise<Agent> | undefined
  let closed = false
  const forget = (error: unknown) => {
    agent = undefined
    throw error
  }
  return {
    async fetch(target, options = {}) {
      const address = parseAddress(config)
      const url = resolveTarget(address, target)
      const place = placeOf(address, url, { connectTimeoutMs: connectLimit(config.timeoutMs), tunnel })
      if (closed) throw new ToolError('unreachable', `The connection to ${place.name} was closed.`)
      options.signal?.throwIfAborted()
      agent ??= openAgent(config, address, tunnel).catch(forget)
      const opened = await agent
      // From here on: what loading the library takes is no fault of the other side.
      const timeoutMs = options.timeoutMs ?? config.timeoutMs
      const deadline = startDeadline(timeoutMs, () => timeoutOf(place, timeoutMs), options.signal)
      try {
        const method = (options.method ?? 'GET').toUpperCase()
        const body = await outgoingBody(options.body)
        const exchange: Exchange = {
          agent: opened,
          method,
          headers: headersOf(options.headers, body, url.origin === address.base?.origin ? address.authorization : undefined),
          body,
          repeatable: body.repeatable && (options.idempotent ?? idempotentMethods.has(method)),
          followRedirects: options.redirect !== 'manual' && (method === 'GET' || method === 'HEAD'),
          deadline,
          maxBytes: options.maxBytes ?? defaultMaxBytes,
        }
        return await follow(url, exchange, place)
      } catch (error) {
        const left = deadline.signal.aborted && !deadline.expired()
        deadline.abandon()
        throw left ? deadline.signal.reason : failureOf(error, place)
      }
    },
    async close() {
      closed = true
      const opened = await agent?.catch(() => undefined)
      await opened?.destroy()
    },
  }
}

async function openAgent(config: ConnectionConfig & { timeoutMs: number }, address: Address, tunnel: Tunnel | undefined): Promise<Agent> {
  const [{ Agent, buildConnector }, trust] = await Promise.all([
    import('../libraries/undici.ts'),
    address.socketPath === undefined ? readTrust(config) : noTrust,
  ])
  const connect = createConnector(buildConnector, {
    hosts: [address.base, ...addressesIn(config.otherUrls)].flatMap((url) => url?.hostname.replace(/^\[|\]$/g, '') ?? []),
    socketPath: address.socketPath,
    trust,
    timeoutMs: connectLimit(config.timeoutMs),
    tunnel,
  })
  // The deadline covers headers and body.
  return new Agent({ connect, headersTimeout: 0, bodyTimeout: 0 })
}

async function follow(start: URL, exchange: Exchange, place: Place): Promise<Response> {
  let url = start
  for (let hop = 0; ; hop++) {
    const at = url
    const answer = await withRetries(() => send(at, exchange), exchange.repeatable, exchange.deadline)
    const next = exchange.followRedirects ? redirectTarget(at, answer.data) : undefined
    if (next === undefined) return toResponse(answer.data, exchange, place)
    answer.discard()
    if (hop === mostRedirects)
      throw new ToolError('upstream', `${place.name} redirects more than ${mostRedirects} times.`, {
        hint: 'Is url the address of the service itself?',
      })
    url = next
  }
}

async function send(url: URL, exchange: Exchange): Promise<Answer> {
  const { agent, method, headers, body, deadline } = exchange
  const request = agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: method,
    headers: Object.fromEntries(headers),
    body: body.content,
    signal: deadline.signal,
  })
  const data = await deadline.race(request)
  // A failure nobody waits for any more must not end the process.
  data.body.on('error', () => undefined)
  return {
    data,
    statusCode: data.statusCode,
    retryAfter: first(data.headers['retry-after']),
    discard: () => void data.body.dump({ limit: 65_536, signal: deadline.signal }).catch(() => undefined),
  }
}

async function toResponse(data: Dispatcher.ResponseData, exchange: Exchange, place: Place): Promise<Response> {
  const { method, maxBytes, deadline } = exchange
  const { statusCode: status, body } = data
  const statusText = reasonPhrase(data.statusText)
  const headers = new Headers()
  for (const [name, value] of Object.entries(data.headers)) for (const one of [value ?? []].flat()) headers.append(name, one)
  if (status > 599) throw new ToolError('upstream', `${place.name} answered with status ${status}, which HTTP does not know.`)
  const declared = Number(headers.get('content-length') ?? Number.NaN)
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304 || declared === 0) {
    body.resume()
    deadline.stop()
    return new Response(null, { status, statusText, headers })
  }
  if (declared > maxBytes) throw tooLarge(maxBytes)
  const plain = await decoded(body, headers.get('content-encoding') ?? undefined)
  if (plain !== body) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  return new Response(incomingBody(plain, { maxBytes, deadline, place }), { status, statusText, headers })
}

/** The words behind a status, as far as a `Response` takes them: some upstreams say nowhere else what is wrong. */
function reasonPhrase(said: string | undefined): string {
  return (said ?? '').replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')
}

function headersOf(given: RequestInit['headers'], body: OutgoingBody, authorization: string | undefined): Headers {
  const headers = readHeaders(given)
  const preset = { 'user-agent': 'rackwarden', 'accept-encoding': 'identity', authorization, 'content-type': body.contentType }
  for (const [name, value] of Object.entries(preset))
    if (value !== null && value !== undefined && !headers.has(name)) headers.set(name, value)
  headers.delete('content-length')
  return headers
}

function readHeaders(given: RequestInit['headers']): Headers {
  try {
    return new Headers(given)
  } catch {
    // The cause quotes the value, which may be a credential.
    throw new ToolError('invalid_config', 'A header of the request holds characters that HTTP does not allow.', {
      hint: 'Does a configured credential hold a line break or a quote that was pasted along?',
    })
  }
}

function placeOf(
  address: Address,
  url: URL,
  { connectTimeoutMs, tunnel }: { connectTimeoutMs: number; tunnel: Tunnel | undefined },
): Place {
  const { socketPath } = address
  const through = tunnel === undefined ? '' : ` through ${tunnel.name}`
  if (socketPath === undefined || url.origin !== address.base?.origin) return { name: `${url.origin}${through}`, connectTimeoutMs }
  return { name: `the socket ${socketPath}${through}`, socketPath, connectTimeoutMs }
}

function insecureName(config: ConnectionConfig): string {
  try {
    return parseAddress(config).base?.origin ?? 'A connection'
  } catch {
    return 'A connection'
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
