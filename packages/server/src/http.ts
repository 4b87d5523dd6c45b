import { ToolError, type Tier } from '@rackwarden/core'
import type { Exposure, Log, Measures, Surface, ResultForm } from '@rackwarden/core/runtime'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createActivity, endLimits, mostAtOnce } from './activity.ts'
import { createEncoder, keepListBytes } from './encode.ts'
import { urlHost, type ListenAddress } from './http/address.ts'
import { refuse } from './http/answer.ts'
import type { ApprovalPages } from './http/approval-pages.ts'
import { createAuthentication } from './http/authentication.ts'
import { createEndpoint } from './http/endpoint.ts'
import { createGate } from './http/gate.ts'
import { createLegacyServing } from './http/legacy.ts'
import { createMetrics } from './http/metrics.ts'
import { createModernServing } from './http/modern.ts'
import { serverMeasures, type ServerState } from './http/server-measures.ts'
import { createSenderOf } from './http/sender.ts'
import { createSessions, type SessionLimits } from './http/sessions.ts'
import { rpcCodes } from './json-rpc.ts'
import { mcpServers } from './mcp-server.ts'
import type { Tokens } from './tokens.ts'

/** What is served over HTTP, where, and to whom. */
export interface ServeHttpOptions {
  surface: Surface
  address: ListenAddress
  /** Tier of the process, as of now. */
  readonly tier: Tier
  tokens: Tokens
  /** A token given by the environment: principal `token:environment`. */
  environmentToken?: string | undefined
  /** Who calls without a token, on loopback and while there is none. */
  localPrincipal: string
  results?: ResultForm
  /** How much is listed where neither address nor token says, as of each request; every tool when not given. */
  exposure?: () => Exposure
  allowHosts?: readonly string[]
  allowOrigins?: readonly string[]
  /** Where clients reach it, where that is another address than the one listened on. */
  publicUrl?: string | undefined
  /** Proxies that are believed when they say who sent a request. */
  trustProxy?: readonly string[]
  sessions?: SessionLimits
  /** What the process measures, told at `/metrics`. */
  measures?: Measures
  /** Where a person approves; nowhere when not given. */
  approvals?: ApprovalPages | undefined
  /** How long calls may go on by themselves when the server ends; 8 seconds when not given. */
  finishMs?: number
  log: Log
}

/** A listening server. */
export interface HttpServer {
  /** Address of the endpoint for everything, ending in `/mcp`. */
  readonly url: string
  readonly port: number
  /** Stops accepting, lets calls finish within ten seconds, then closes what is left. */
  close(): Promise<void>
}

/** Requests, streams, and what clients keep open for their next request. */
const mostConnections = 1_024

const silentMs = 5 * 60_000

/** Serves a surface over Streamable HTTP, in both protocol eras. */
export async function serveHttp(options: ServeHttpOptions): Promise<HttpServer> {
  const { surface, address, log, results = 'text', publicUrl, trustProxy = [] } = options
  const authenticate = await createAuthentication(options, address.host)
  const calls = createActivity()
  const requests = createActivity()
  const answers = new Map<number, number>()
  const create = mcpServers({ surface, results, activity: calls, log })
  const bytesOf = keepListBytes()
  const sessions = createSessions({
    create,
    encode: createEncoder(bytesOf),
    ...(options.sessions === undefined ? {} : { limits: options.sessions }),
  })
  const modern = createModernServing({ create, bytesOf, log })
  const endpoint = createEndpoint({
    surface,
    gate: createGate({ ...options, host: address.host }),
    senderOf: createSenderOf(trustProxy),
    base: publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, ''),
    authenticate,
    exposure: options.exposure ?? (() => 'all'),
    legacy: createLegacyServing(sessions),
    modern,
    approvals: options.approvals,
    health: () => ({ status: 'ok', version: surface.version, tier: options.tier }),
    metrics: createMetrics(() => [...(options.measures?.read() ?? []), ...serverMeasures(state())]),
  })
  const stopWatching = surface.watch?.((list) => {
    sessions.changed(list)
    modern.changed(list)
  })
  let ending = false
  let connections = 0

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    response.once('finish', () => answers.set(response.statusCode, (answers.get(response.statusCode) ?? 0) + 1))
    if (ending)
      return refuse(response, { status: 503, code: rpcCodes.transport, message: 'The server is ending.', headers: { connection: 'close' } })
    if (requests.size >= mostAtOnce) {
      const headers = { 'retry-after': '1', connection: 'close' }
      return refuse(response, { status: 503, code: rpcCodes.transport, message: 'Too many requests are under way; try again.', headers })
    }
    void requests.track(endpoint(request, response)).catch((error: unknown) => {
      if (!request.destroyed) log('error', `http: ${error instanceof Error ? error.message : String(error)}`)
      if (response.headersSent) response.destroy()
      else refuse(response, { status: 500, code: rpcCodes.internal, message: 'Internal error' })
    })
  }

  function state(): ServerState {
    const { version } = surface
    return { version, tier: options.tier, calls: calls.size, requests: requests.size, sessions: sessions.size, connections, answers }
  }

  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000, connectionsCheckingInterval: 5000, noDelay: true },
    onRequest,
  )
  server.on('connection', (socket) => {
    connections += 1
    socket.once('close', () => (connections -= 1))
  })
  // Streams are written to more often than this; who takes nothing for so long is gone, or might as well be.
  server.setTimeout(silentMs)
  server.maxConnections = mostConnections
  const port = await listen(server, address)
  return {
    port,
    url: `http://${urlHost(address.host)}:${port}/mcp`,
    async close() {
      ending = true
      stopWatching?.()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await calls.settled(options.finishMs ?? endLimits.finishMs)
      await requests.settled(endLimits.answerMs)
      await Promise.all([sessions.closeAll(), modern.close()])
      await calls.settled(endLimits.abortMs)
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, { host, port }: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : (cause.code ?? cause.message)
      reject(
        new ToolError('invalid_config', `Cannot listen on ${urlHost(host)}:${port}: ${why}`, {
          hint: 'Give another address with --http host:port.',
          cause,
        }),
      )
    }
    server.once('error', refused)
    server.listen({ host, port }, () => {
      server.off('error', refused)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
