import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TestCertificate } from './certificate.ts'

/** Answers one request; what a pretend upstream is made of. */
export type Handler = (request: Request) => Response | Promise<Response>

/** A handler reachable on a loopback port. */
export interface ServedHandler {
  url: string
  close(): Promise<void>
}

/** Serves a handler on a free loopback port, or a given one, until closed. */
export async function serveHandler(handler: Handler, options: { tls?: TestCertificate; port?: number } = {}): Promise<ServedHandler> {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(handler, incoming, outgoing)
  const server =
    options.tls === undefined ? createServer(listener) : createTlsServer({ key: options.tls.key, cert: options.tls.certificate }, listener)
  const port = await listenOnLoopback(server, options.port)
  return { url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, close: () => stopListening(server) }
}

/** Listens on loopback, on a free port unless one is given, and tells which. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Closes the listener and every connection, open requests included. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** Lets a handler answer a request of `node:http`; a handler that throws is a 500. */
export async function answer(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  try {
    await write(await handler(requestOf(incoming, gone.signal)), outgoing)
  } catch (error) {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(error instanceof Error ? error.message : 'The handler failed')
  }
}

/** The standard form of a request of `node:http`. */
export function requestOf(incoming: IncomingMessage, signal?: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) for (const one of [value ?? []].flat()) headers.append(name, one)
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`, {
    method,
    headers,
    ...(signal !== undefined && { signal }),
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  })
}

async function write(response: Response, outgoing: ServerResponse): Promise<void> {
  const headers: [string, string][] = [...response.headers].filter(([name]) => name !== 'set-cookie')
  for (const [name, value] of headers) outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  if (response.statusText === '') outgoing.writeHead(response.status)
  else outgoing.writeHead(response.status, response.statusText)
  if (response.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(response.body), outgoing)
}
