import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connection } from '../define/connection.ts'
import { parseJson } from './api-error.ts'

/** The upstream's end of a WebSocket, as a simulator holds it. */
export interface AcceptedSocket {
  /** Sent as JSON. */
  send: (message: unknown) => void
  close: (code?: number, reason?: string) => void
  /** Called once it is closed, by whomever. */
  closed: Promise<void>
}

/**
 * Makes the `dial` of a simulator that speaks WebSocket: every stream leads, in memory, to a real server of the protocol.
 * `accept` gets each socket and answers with what takes its messages.
 */
export function acceptWebSockets(
  accept: (socket: AcceptedSocket, request: { path: string }) => (message: unknown) => void,
): Connection['dial'] {
  let server: Promise<Server> | undefined
  return async () => {
    server ??= createServer(accept)
    const [{ duplexPair }, running] = await Promise.all([import('node:stream'), server])
    const [near, far] = duplexPair()
    // Unlike a socket's, the ends of a pair do not learn of each other's end.
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
    running.emit('connection', far)
    return near
  }
}

async function createServer(accept: Parameters<typeof acceptWebSockets>[0]): Promise<Server> {
  const [http, { WebSocketServer }] = await Promise.all([import('node:http'), import('../libraries/ws.ts')])
  const sockets = new WebSocketServer({ noServer: true })
  const server = http.createServer((_, response) => response.writeHead(426).end())
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) =>
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const receive = accept(
        {
          send: (message) => socket.send(JSON.stringify(message)),
          close: (code, reason) => socket.close(code, reason),
          closed: new Promise((resolve) => socket.once('close', () => resolve())),
        },
        { path: request.url ?? '/' },
      )
      socket.on('error', () => socket.terminate())
      socket.on('message', (data: Buffer) => {
        const message = parseJson(data.toString())
        if (message === undefined) socket.close(1007, 'no JSON')
        else receive(message.value)
      })
    }),
  )
  return server
}
