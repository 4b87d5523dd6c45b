import { classifyInboundRequest, isJsonContentType } from '@modelcontextprotocol/server'
import { ToolError } from '@rackwarden/core'
import type { Caller, Exposure, Surface, View } from '@rackwarden/core/runtime'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mostAtOnce } from '../activity.ts'
import { isRecord, rpcCodes } from '../json-rpc.ts'
import { isLoopback } from './address.ts'
import { pathBelow, serviceAt, viewAt } from './address-view.ts'
import { answerJson, refuse } from './answer.ts'
import type { ApprovalPages } from './approval-pages.ts'
import type { Authenticate } from './authentication.ts'
import { maxBodyBytes, readBody } from './body.ts'
import { allowOrigin } from './cross-origin.ts'
import type { Gate } from './gate.ts'
import type { LegacyServing } from './legacy.ts'
import type { Metrics } from './metrics.ts'
import type { ModernServing } from './modern.ts'
import { createRoom } from './room.ts'
import type { SenderOf } from './sender.ts'
import { createShares } from './shares.ts'

/** Bytes the bodies of all requests under way may have together. */
const mostBodyBytes = 64 * 1024 * 1024

/** Nobody takes up more of a server than half. */
const mostOfOne = mostAtOnce / 2

/** What the addresses of a server lead to. */
export interface EndpointOptions {
  surface: Surface
  gate: Gate
  senderOf: SenderOf
  /** Path a proxy may leave in front of every other, without a slash at its end. */
  base: string
  authenticate: Authenticate
  /** How much is listed where neither address nor token says. */
  exposure: () => Exposure
  legacy: LegacyServing
  modern: ModernServing
  /** Where a person approves, where they are told of requests. */
  approvals?: ApprovalPages | undefined
  /** What `/health` tells anybody. */
  health: () => Record<string, unknown>
  /** What `/metrics` tells who may call. */
  metrics: Metrics
}

/** Answers one request. */
export type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Makes the endpoint of a server: gate first, then authentication, then the protocol era. */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { surface, gate, senderOf, base, authenticate, exposure, legacy, modern, approvals, health, metrics } = options
  const [room, shares] = [createRoom(mostBodyBytes), createShares(mostOfOne)]

  async function post(view: View, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!sendsJson(request))
      return refuse(response, { status: 415, code: rpcCodes.transport, message: 'The Content-Type must be application/json.' })
    const read = await readBody(request, { room })
    if ('refused' in read) return refuseBody(read.refused, response)
    try {
      await answer(view, read.text, request, response)
    } finally {
      room.give(read.bytes)
    }
  }

  async function answer(view: View, text: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return refuse(response, { status: 400, code: rpcCodes.parse, message: 'The request body is not valid JSON.' })
    }
    return isOld(request, body) ? legacy.post(view, body, request, response) : modern.serve(view, body, request, response)
  }

  function serve(view: View, request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    if (request.method === 'POST') return post(view, request, response)
    if (request.method === 'GET') return legacy.get(view, request, response)
    if (request.method === 'DELETE') return legacy.delete(view, request, response)
    const headers = { allow: 'GET, POST, DELETE' }
    return refuse(response, { status: 405, code: rpcCodes.transport, message: 'Method not allowed', headers })
  }

  async function scrape(caller: Caller, response: ServerResponse): Promise<void> {
    const { type, text } = await metrics.text(caller)
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
  }

  /** What the address asks for, or why that is nothing. */
  function asked(request: IncomingMessage, service: string | undefined, caller: Caller): View | string {
    try {
      return viewAt(request, { service, caller, surface, exposure: exposure() })
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      return `${error.message} ${error.hint ?? ''}`.trim()
    }
  }

  return async (request, response) => {
    const pathname = pathBelow(base, request)
    const sender = senderOf(request)
    // They have a gate of their own, which knows the name a phone uses, and a key in the place of a token.
    if (approvals?.isAt(pathname) === true) return approvals.serve(pathname, request, response, sender)
    const reason = gate(request, sender)
    if (reason !== undefined) return refuse(response, { status: 403, code: rpcCodes.transport, message: reason })
    allowOrigin(request, response)
    if (request.method === 'OPTIONS') return void response.writeHead(204, { 'content-length': 0 }).end()
    if (pathname === '/health') return answerJson(response, 200, JSON.stringify(health()))
    const authenticated = await authenticate(request)
    if (authenticated === undefined) {
      const challenge = request.headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"'
      const message = 'A valid bearer token is needed; the owner makes one with `token create`.'
      return refuse(response, { status: 401, code: rpcCodes.transport, message, headers: { 'www-authenticate': challenge } })
    }
    const caller = isLoopback(sender.address) ? authenticated : { ...authenticated, from: sender.address }
    if (pathname === '/metrics') return scrape(caller, response)
    const service = serviceAt(pathname, surface)
    if (service === null) return refuse(response, { status: 404, code: rpcCodes.transport, message: `Nothing is served at ${pathname}.` })
    const view = asked(request, service, caller)
    if (typeof view === 'string') return refuse(response, { status: 400, code: rpcCodes.transport, message: view })
    const leave = shares.enter(caller.principal)
    if (leave === undefined) {
      const headers = { 'retry-after': '1', connection: 'close' }
      const message = 'Too many of your requests are under way; try again.'
      return refuse(response, { status: 429, code: rpcCodes.transport, message, headers })
    }
    try {
      await serve(view, request, response)
    } finally {
      leave()
    }
  }
}

function refuseBody(why: 'too large' | 'no room', response: ServerResponse): void {
  const headers = { connection: 'close' }
  if (why === 'too large')
    return refuse(response, {
      status: 413,
      code: rpcCodes.transport,
      message: `A request body may have at most ${maxBodyBytes} bytes.`,
      headers,
    })
  const message = 'The requests under way take up all the memory there is for them; try again.'
  return refuse(response, { status: 503, code: rpcCodes.transport, message, headers: { ...headers, 'retry-after': '5' } })
}

/** JSON, or what a bare `curl -d` calls it; a browser cannot pass for one, for it always names its origin. */
function sendsJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']
  if (isJsonContentType(type ?? null)) return true
  return headers.origin === undefined && (type === undefined || type === 'application/x-www-form-urlencoded')
}

/** Whether a request belongs to the 2025 era. */
function isOld({ headers }: IncomingMessage, body: unknown): boolean {
  // Sessions are of that era alone; the library takes every message apart three times to say so.
  if (headers['mcp-session-id'] !== undefined && !hasMeta(body)) return true
  const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  const [protocolVersionHeader, mcpMethodHeader, mcpNameHeader] = ['mcp-protocol-version', 'mcp-method', 'mcp-name'].map(header)
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body,
    ...(protocolVersionHeader === undefined ? {} : { protocolVersionHeader }),
    ...(mcpMethodHeader === undefined ? {} : { mcpMethodHeader }),
    ...(mcpNameHeader === undefined ? {} : { mcpNameHeader }),
  })
  return outcome.kind === 'legacy'
}

/** Whether a message claims anything for itself, as each of the 2026 era does. */
function hasMeta(body: unknown): boolean {
  return !isRecord(body) || (isRecord(body.params) && '_meta' in body.params)
}
