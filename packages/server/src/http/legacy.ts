import { SUPPORTED_PROTOCOL_VERSIONS, type JSONRPCMessage } from '@modelcontextprotocol/server'
import type { View } from '@rackwarden/core/runtime'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isRpcMessage, requestIdOf, rpcCodes } from '../json-rpc.ts'
import { refuse } from './answer.ts'
import type { Session, Sessions } from './sessions.ts'

const mostInBatch = 20

/** Serves requests of the 2025 era and older: sessions, and single requests outside any session. */
export interface LegacyServing {
  post(view: View, body: unknown, request: IncomingMessage, response: ServerResponse): Promise<void>
  get(view: View, request: IncomingMessage, response: ServerResponse): void
  delete(view: View, request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** Makes the serving of the 2025 era. */
export function createLegacyServing(sessions: Sessions): LegacyServing {
  /** The session a request names, or undefined after saying why there is none. */
  function sessionFor(view: View, request: IncomingMessage, response: ServerResponse): Session | undefined {
    const id = request.headers['mcp-session-id']
    if (typeof id !== 'string') {
      refuse(response, { status: 400, code: rpcCodes.transport, message: 'The header Mcp-Session-Id is missing.' })
      return undefined
    }
    const session = sessions.find(id, view)
    if (session === undefined) refuse(response, { status: 404, code: rpcCodes.sessionNotFound, message: 'Session not found' })
    return session
  }

  function knowsVersion(request: IncomingMessage, response: ServerResponse): boolean {
    const version = request.headers['mcp-protocol-version']
    if (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) return true
    refuse(response, { status: 400, code: rpcCodes.transport, message: `Unsupported protocol version: ${String(version)}` })
    return false
  }

  async function begin(view: View, messages: JSONRPCMessage[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = await sessions.open(view)
    if (session === undefined) {
      const headers = { 'retry-after': '5' }
      refuse(response, { status: 503, code: rpcCodes.transport, message: 'Every session is busy; try again.', headers })
      return
    }
    await session.transport.post(messages, request, response)
    if (!session.transport.initialized) await sessions.close(session)
  }

  async function answerOnce(view: View, messages: JSONRPCMessage[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!messages.some((message) => requestIdOf(message) !== undefined)) {
      response.writeHead(202, { 'content-length': 0 }).end()
      return
    }
    const { transport, server } = await sessions.once(view)
    await transport.post(messages, request, response)
    await server.close()
  }

  return {
    async post(view, body, request, response) {
      const messages = Array.isArray(body) ? body : [body]
      const invalid = (message: string) => refuse(response, { status: 400, code: rpcCodes.invalidRequest, message })
      if (messages.length === 0 || messages.length > mostInBatch || !messages.every(isRpcMessage))
        return invalid(`The body is not a JSON-RPC 2.0 message, nor a list of one to ${mostInBatch} of them.`)
      const begins = messages.some((message) => 'method' in message && message.method === 'initialize')
      if (begins && messages.length > 1) return invalid('initialize stands alone in its request.')
      const ids = messages.map(requestIdOf).filter((id) => id !== undefined)
      if (new Set(ids).size < ids.length) return invalid('Two requests of the list have the same id.')
      if (!begins && !knowsVersion(request, response)) return undefined
      if (request.headers['mcp-session-id'] === undefined)
        return begins ? begin(view, messages, request, response) : answerOnce(view, messages, request, response)
      const session = sessionFor(view, request, response)
      if (session === undefined) return undefined
      if (begins) return invalid('The session is initialized already.')
      if (session.transport.clashes(messages)) return invalid('A request with this id is under way.')
      return session.transport.post(messages, request, response)
    },
    get(view, request, response) {
      if (request.headers.accept?.includes('text/event-stream') !== true)
        return refuse(response, { status: 406, code: rpcCodes.transport, message: 'A GET must accept text/event-stream.' })
      const session = sessionFor(view, request, response)
      if (session === undefined || !knowsVersion(request, response)) return undefined
      if (!session.transport.listen(response))
        return refuse(response, { status: 409, code: rpcCodes.transport, message: 'The session has a stream open already.' })
      return undefined
    },
    async delete(view, request, response) {
      const session = sessionFor(view, request, response)
      if (session === undefined) return
      await sessions.close(session)
      response.writeHead(200, { 'content-length': 0 }).end()
    },
  }
}
