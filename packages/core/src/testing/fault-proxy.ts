import { once } from 'node:events'
import { createServer, ServerResponse, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { createCertificate } from './certificate.ts'
import { blanks, drip, flood, oversizedBytes } from './endless.ts'
import { isSpoiling, relay } from './relay.ts'
import type { Fault } from './fault.ts'
import { answer, listenOnLoopback, requestOf, stopListening, type Handler } from './serve-handler.ts'

/** A loopback server in front of a pretend upstream that can be told to fail. */
export interface FaultProxy {
  url: string
  /** The certificate it shows while it does not fail; none without TLS. */
  certificate: string | undefined
  /** SHA-256 of that certificate, `AB:CD:…`. */
  fingerprint: string | undefined
  /** Every request that arrived since the start, failed ones included. */
  requests: readonly { method: string; path: string }[]
  /** Fails every request from now on, or none any more; open connections are dropped. */
  setFault(fault: Fault | null): Promise<void>
  /** Drops every connection, once, in the place of the first answer after this has happened. */
  cutAfter(happened: () => boolean): void
  close(): Promise<void>
}

/** What stands behind a fault proxy besides the answers to requests. */
export interface FaultProxyOptions {
  /** Shows a certificate; `wrongCertificate` needs it. */
  tls?: boolean
  /** Opens a stream to the upstream, for whoever asks for another protocol: WebSocket. */
  dial?: () => Promise<Duplex>
}

/** Starts a fault proxy. */
export async function createFaultProxy(upstream: Handler, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const own = options.tls === true ? createCertificate() : undefined
  const requests: { method: string; path: string }[] = []
  const sockets = new Set<Socket>()
  let fault: Fault | null = null
  let happened: (() => boolean) | undefined
  /** True where nothing may be passed on any more: the connections are gone. */
  const isCut = (): boolean => {
    if (happened?.() !== true) return false
    happened = undefined
    for (const socket of sockets) socket.destroy()
    return true
  }
  const cuttable: Handler = async (request) => {
    const response = await upstream(request)
    isCut()
    return response
  }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    requests.push({ method: incoming.method ?? 'GET', path: incoming.url ?? '/' })
    if (fault === null) void answer(cuttable, incoming, outgoing)
    else void misbehave(fault, upstream, incoming, outgoing)
  }
  const server = own === undefined ? createServer(listener) : createTlsServer({ key: own.key, cert: own.certificate }, listener)
  const { dial } = options
  if (dial !== undefined)
    server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
      requests.push({ method: 'UPGRADE', path: incoming.url ?? '/' })
      if (fault !== null && !isSpoiling(fault)) void misbehave(fault, upstream, incoming, responseOn(client, incoming))
      else void relay(incoming, { client, head, dial, isCut, fault })
    })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listenOnLoopback(server)
  return {
    url: `${own === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    certificate: own?.certificate,
    fingerprint: own?.fingerprint,
    requests,
    async setFault(next) {
      if (next === 'wrongCertificate' && own === undefined) throw new TypeError('wrongCertificate needs a fault proxy with tls')
      fault = next
      if (own !== undefined) {
        const shown = next === 'wrongCertificate' ? createCertificate({ hosts: ['elsewhere.invalid'] }) : own
        ;(server as TlsServer).setSecureContext({ key: shown.key, cert: shown.certificate })
      }
      await drop(sockets)
      if (next === 'refused') await stopListening(server)
      else if (!server.listening) await listenAgain(server, port)
    },
    cutAfter: (condition) => void (happened = condition),
    async close() {
      // What was upgraded is no longer the server's own to close.
      await drop(sockets)
      await stopListening(server)
    },
  }
}

async function drop(sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = [...sockets].map(async (socket) => {
    const end = once(socket, 'close')
    socket.destroy()
    await end
  })
  await Promise.all(closed)
  // A client in this process learns of it in the turns that follow, and so does not write into a dead connection.
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

/** The port was let go of; whoever took it for a moment gives it back. */
async function listenAgain(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await listenOnLoopback(server, port)
      return
    } catch (error) {
      if (attempt === 20) throw error
      await pause(50)
    }
  }
}

async function misbehave(fault: Fault, upstream: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // A connection the client has given up on is no failure of ours.
  outgoing.on('error', () => undefined)
  if (fault === '401' || fault === '403' || fault === '404' || fault === '429' || fault === '500') {
    const headers = { 'content-type': 'application/json', ...(fault === '429' && { 'retry-after': '1' }) }
    outgoing.writeHead(Number(fault), headers).end(JSON.stringify({ message: `fault ${fault}` }))
  } else if (fault === 'html') {
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html><title>Sign in</title></html>')
  } else if (fault === 'garbage') {
    incoming.socket.end('220 a mail server, ready\r\n')
  } else if (fault === 'truncated') {
    const body = Buffer.from(await (await upstream(requestOf(incoming))).arrayBuffer())
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Math.max(body.length, 2) })
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy())
  } else if (fault === 'slow') {
    // The upstream's own headers come at once; it is the body nobody sees the end of.
    const { headers } = await upstream(requestOf(incoming))
    outgoing.writeHead(200, { ...Object.fromEntries(headers), 'content-type': 'application/json', 'content-length': blanks.length })
    await drip(outgoing)
  } else if (fault === 'oversized') {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': oversizedBytes })
    await flood(outgoing)
  }
  // 'hang' never answers; 'refused' and 'wrongCertificate' do not come this far.
}

/** Refuses to upgrade as a server refuses any request. */
function responseOn(client: Duplex, incoming: IncomingMessage): ServerResponse {
  const outgoing = new ServerResponse(incoming)
  outgoing.assignSocket(client as Socket)
  outgoing.once('finish', () => client.end())
  return outgoing
}
