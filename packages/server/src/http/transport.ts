import type { JSONRPCMessage, RequestId, Transport, TransportSendOptions } from '@modelcontextprotocol/server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerIdOf, requestIdOf } from '../json-rpc.ts'
import type { Encode } from '../encode.ts'
import { createExchange, event, maxUnreadBytes, streamHeaders, type Exchange } from './exchange.ts'

/** Streamable HTTP of the 2025 era straight on `node:http`: a session's transport, or that of a single POST. */
export class HttpTransport implements Transport {
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  onmessage?: Transport['onmessage']
  readonly sessionId?: string
  /** Whether an `initialize` was answered with a result. */
  initialized = false
  readonly #encode: Encode
  readonly #exchanges = new Map<RequestId, Exchange>()
  #listener: ServerResponse | undefined
  readonly #over: () => void
  #closed = false

  constructor({ encode, sessionId, over }: { encode: Encode; sessionId?: string | undefined; over: () => void }) {
    this.#encode = encode
    this.#over = over
    if (sessionId !== undefined) this.sessionId = sessionId
  }

  /** Whether a request is under way. */
  get answering(): boolean {
    return this.#exchanges.size > 0
  }

  /** Whether the client holds a stream open. */
  get listening(): boolean {
    return this.#listener !== undefined
  }

  async start(): Promise<void> {}

  /** Takes the messages of one POST; resolves when the answer is written or the sender is gone. */
  post(messages: readonly JSONRPCMessage[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ids = messages.map(requestIdOf).filter((id) => id !== undefined)
    if (ids.length > 0) {
      const exchange = createExchange(ids, { request, response, headers: this.#headers(), encode: this.#encode })
      for (const id of ids) this.#exchanges.set(id, exchange)
    } else response.writeHead(202, { 'content-length': 0 }).end()
    const over = new Promise<void>((resolve) => response.once('close', resolve))
    for (const message of messages) {
      this.onmessage?.(message)
      if ('method' in message && message.method === 'notifications/cancelled') this.#drop(message.params?.requestId as RequestId)
    }
    return over
  }

  /** A cancelled request is never answered; its exchange ends here. */
  #drop(id: RequestId): void {
    const exchange = this.#exchanges.get(id)
    if (exchange?.cancel(id) === true) for (const answered of exchange.ids) this.#exchanges.delete(answered)
  }

  /** Whether one of these requests has the id of one that is not answered yet. */
  clashes(messages: readonly JSONRPCMessage[]): boolean {
    return messages.map(requestIdOf).some((id) => id !== undefined && this.#exchanges.has(id))
  }

  /** Opens the stream for what belongs to no request; false where there is one already. */
  listen(response: ServerResponse): boolean {
    if (this.#listener !== undefined) return false
    this.#listener = response
    response.once('close', () => {
      if (this.#listener === response) this.#listener = undefined
    })
    response.writeHead(200, { ...streamHeaders, ...this.#headers() })
    response.flushHeaders()
    return true
  }

  /** Keeps silent connections alive. */
  beat(now: number): void {
    for (const exchange of new Set(this.#exchanges.values())) exchange.beat(now)
    this.#tell(': still here\n\n')
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const answered = answerIdOf(message)
    if (answered !== undefined) {
      if ('result' in message && 'protocolVersion' in message.result) this.initialized = true
      const exchange = this.#exchanges.get(answered)
      if (exchange?.answer(message) === true) for (const id of exchange.ids) this.#exchanges.delete(id)
    } else if (options?.relatedRequestId !== undefined) {
      const taken = this.#exchanges.get(options.relatedRequestId)?.relate(message) === true
      if (!taken && 'id' in message) throw new Error('The client reads no stream on which it could be asked.')
    } else this.#tell(event(this.#encode(message)))
  }

  /** A stream nobody reads is ended, for what it missed would be missed for ever; its client may open it again. */
  #tell(text: string): void {
    if (this.#listener === undefined) return
    if (this.#listener.writableLength < maxUnreadBytes) this.#listener.write(text)
    else this.#listener.destroy()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#over()
    this.onclose?.()
    for (const exchange of new Set(this.#exchanges.values())) exchange.abandon()
    this.#exchanges.clear()
    this.#listener?.end()
  }

  #headers(): Record<string, string> {
    return this.sessionId === undefined ? {} : { 'mcp-session-id': this.sessionId }
  }
}
