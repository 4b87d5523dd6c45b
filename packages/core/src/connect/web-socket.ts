import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Connection } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { parseAddress, resolveTarget } from './address.ts'
import { detailOf, statusError } from './api-error.ts'
import { tooLarge } from './body.ts'
import { startDeadline } from './deadline.ts'
import { codeOf, failureOf, timeoutOf, type Place } from './failure.ts'

const defaultMaxBytes = 16 * 1024 * 1024
const longestRefusal = 65_536
const leaveMs = 500

/** What a WebSocket is opened with. */
export interface WebSocketOptions {
  /** The product, as messages name it. */
  name: string
  /** Address of the service: `http://`, `https://`, `ws://` or `wss://`. */
  url: string
  /** Added to the address. */
  path?: string | undefined
  headers?: Record<string, string> | undefined
  /** Limit for dialling and the handshake. */
  timeoutMs: number
  /** Largest message accepted. */
  maxBytes?: number | undefined
  /** Takes each message, and may end the socket over one; the first may come before the socket is given out. */
  receive: (text: string, end: OpenWebSocket['end']) => void
  /** Is told once why nothing more will come. */
  lost: (reason: ToolError) => void
}

/** A WebSocket that is open. */
export interface OpenWebSocket {
  /** Where it leads, as messages name it. */
  place: Place
  send: (text: string) => void
  /** Ends it at once, for this reason. */
  end: (reason: ToolError) => void
  /** Takes leave, and waits until it is gone. */
  close: () => Promise<void>
}

/** Opens a WebSocket over a stream the connection dials, so that its pins, tunnels and simulators count for it. */
export async function openWebSocket(connection: Connection, options: WebSocketOptions): Promise<OpenWebSocket> {
  const { maxBytes = defaultMaxBytes, timeoutMs } = options
  const address = parseAddress({ url: options.url.replace(/^ws(?=s?:)/i, 'http') })
  const url = resolveTarget(address, options.path ?? '')
  const place: Place = {
    name: address.socketPath === undefined ? url.origin : `the socket ${address.socketPath}`,
    connectTimeoutMs: timeoutMs,
    ...(address.socketPath !== undefined && { socketPath: address.socketPath }),
  }
  const headers = { 'user-agent': 'rackwarden', ...(address.authorization && { authorization: address.authorization }), ...options.headers }
  const { WebSocket: Socket } = await import('../libraries/ws.ts')
  // From here on: what loading the library takes is no fault of the other side.
  const deadline = startDeadline(timeoutMs, () => timeoutOf(place, timeoutMs))
  const dialling = dial(connection, url, address.socketPath)
  let socket: WebSocket | undefined
  try {
    const stream = await deadline.race(dialling)
    socket = new Socket(url, { createConnection: () => stream as never, headers, maxPayload: maxBytes, perMessageDeflate: false })
    const open = listen(socket, options, { place, maxBytes })
    await deadline.race(handshake(socket, options.name))
    return open
  } catch (error) {
    socket?.terminate()
    dialling.then((late) => late.destroy()).catch(() => undefined)
    throw codeOf(error) === '' && !ToolError.isInstance(error) ? noWebSocket(place, error) : failureOf(error, place)
  } finally {
    deadline.stop()
  }
}

function dial(connection: Connection, url: URL, socketPath: string | undefined): Promise<Duplex> {
  if (socketPath !== undefined) return connection.dial({ socketPath })
  const tls = url.protocol === 'https:'
  return connection.dial({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (tls ? 443 : 80), ...(tls && { tls }) })
}

function handshake(socket: WebSocket, name: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_, response) => {
      refusalOf(response, name).then(reject, reject)
    })
  })
}

/** What an upstream says that does not open a socket: a status, and perhaps why. */
async function refusalOf(response: IncomingMessage, name: string): Promise<ToolError> {
  const headers = new Headers()
  for (const [key, value] of Object.entries(response.headers)) for (const one of [value ?? []].flat()) headers.append(key, one)
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) if ((text += chunk).length > longestRefusal) break
  } catch {
    // That its text broke off must not hide the status.
  }
  const status = response.statusCode ?? 500
  const body = [204, 205, 304].includes(status) ? null : text
  return statusError(new Response(body, { status: status >= 200 && status < 600 ? status : 500, headers }), { name })
}

function listen(socket: WebSocket, options: WebSocketOptions, { place, maxBytes }: { place: Place; maxBytes: number }): OpenWebSocket {
  let ended: ToolError | undefined
  let told = false
  const tell = (reason: ToolError) => {
    if (told) return
    told = true
    options.lost(reason)
  }
  const end = (reason: ToolError) => {
    ended ??= reason
    socket.terminate()
    tell(ended)
  }
  socket.on('message', (data: Buffer, isBinary) => {
    if (ended !== undefined) return
    if (isBinary) end(noWebSocket(place))
    else options.receive(data.toString(), end)
  })
  socket.on('error', (error) => end(failureOfMessage(error, { place, maxBytes })))
  socket.on('close', (code, reason) => tell(ended ?? closedBy(place, code, reason.toString())))
  return {
    place,
    send: (text) => socket.send(text),
    end,
    async close() {
      ended ??= new ToolError('unreachable', `The connection to ${place.name} was closed.`)
      if (socket.readyState === socket.CLOSED) return
      const gone = new Promise((resolve) => socket.once('close', resolve))
      socket.close()
      // Whoever does not take leave in turn is left all the same.
      const patience = setTimeout(() => socket.terminate(), leaveMs)
      await gone
      clearTimeout(patience)
    },
  }
}

function failureOfMessage(error: Error, { place, maxBytes }: { place: Place; maxBytes: number }): ToolError {
  const code = codeOf(error)
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return tooLarge(maxBytes)
  return code.startsWith('WS_ERR') ? noWebSocket(place, error) : failureOf(error, place)
}

function noWebSocket({ name }: Place, cause?: unknown): ToolError {
  return new ToolError('upstream', `${name} answered with something that is not what was asked of a WebSocket.`, {
    hint: 'Is the address right, and does a proxy in between let WebSockets through?',
    cause,
  })
}

function closedBy({ name }: Place, code: number, reason: string): ToolError {
  const detail = detailOf(reason)
  const said = code === 1005 || code === 1006 ? '' : ` (${code}${detail === undefined ? '' : `: ${detail}`})`
  return new ToolError('unreachable', `${name} closed the connection${said}.`, {
    hint: 'Is it restarting? The next call connects anew.',
  })
}
