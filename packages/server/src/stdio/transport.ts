import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server'
import type { Readable, Writable } from 'node:stream'
import { mostAtOnce } from '../activity.ts'
import type { Encode, Encoded } from '../encode.ts'
import { answerIdOf, isRecord, isRpcMessage, listensOn, requestIdOf, rpcCodes, rpcError } from '../json-rpc.ts'
import { createLineReader } from './line-reader.ts'

/** Longest line read as a message; anything longer is answered with an error and let go of. */
const maxLineBytes = 16 * 1024 * 1024

/** With more than this unread, no further message is taken. */
const mostUnreadBytes = 4 * 1024 * 1024

/** A stdio transport that outlives the end of its input until what was asked is answered. */
export interface StdioTransport extends Transport {
  /** Resolves when the client is gone: its end of either pipe is closed. */
  readonly ended: Promise<void>
  /** Resolves when every request read so far is answered or cancelled; one that listens for changes is never answered. */
  answered(): Promise<void>
}

/** Makes the transport over a pair of streams. */
export function createStdioTransport(input: Readable, output: Writable, encode: Encode): StdioTransport {
  const pending = new Set<RequestId>()
  const waiting: (() => void)[] = []
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  const reader = createLineReader(maxLineBytes, read, () =>
    write(rpcError(rpcCodes.parse, `A message may have at most ${maxLineBytes} bytes.`)),
  )
  const onData = (chunk: Buffer) => reader.push(chunk)
  let closed = false

  function read(line: string): void {
    const message = parse(line)
    if (message === undefined) return
    const id = requestIdOf(message)
    // What is no request goes on being read: answers and cancellations are what makes room.
    if (id !== undefined && pending.size >= mostAtOnce)
      return write(rpcError(rpcCodes.transport, 'Too many requests are under way; try again.', id))
    if (id !== undefined && !listensOn(message)) pending.add(id)
    else if ('method' in message && message.method === 'notifications/cancelled') settle(message.params?.requestId as RequestId)
    transport.onmessage?.(message)
  }

  function parse(line: string): JSONRPCMessage | undefined {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      if (line.trim() !== '') write(rpcError(rpcCodes.parse, 'The line is not valid JSON.'))
      return undefined
    }
    if (isRpcMessage(value)) return value
    const id = isRecord(value) && (typeof value.id === 'string' || typeof value.id === 'number') ? value.id : null
    write(rpcError(rpcCodes.invalidRequest, 'The line is not a JSON-RPC 2.0 message.', id))
    return undefined
  }

  /** Writes a line, whole or in parts; true where more may follow. */
  function writeLine(message: Encoded): boolean {
    if (typeof message === 'string') return output.write(`${message}\n`)
    output.cork()
    for (const part of message) output.write(part)
    const takesMore = output.write('\n')
    output.uncork()
    return takesMore
  }

  function write(message: Encoded): void {
    if (closed || writeLine(message) || output.writableLength < mostUnreadBytes || input.isPaused()) return
    // Whoever asks and does not read is asked back to read first.
    input.pause()
    output.once('drain', () => {
      if (!closed) input.resume()
    })
  }

  function settle(id: RequestId | undefined): void {
    if (id === undefined || !pending.delete(id) || pending.size > 0) return
    for (const wake of waiting.splice(0)) wake()
  }

  const transport: StdioTransport = {
    ended,
    answered: () => (pending.size === 0 || closed ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    async start() {
      output.on('error', () => {
        pending.clear()
        for (const wake of waiting.splice(0)) wake()
        end()
      })
      input.on('data', onData)
      input.on('end', () => reader.end())
      for (const event of ['end', 'close', 'error']) input.on(event, () => end())
    },
    async send(message) {
      if (closed) return
      write(encode(message))
      settle(answerIdOf(message))
    },
    async close() {
      if (closed) return
      closed = true
      input.off('data', onData)
      input.pause()
      for (const wake of waiting.splice(0)) wake()
      transport.onclose?.()
    },
  }
  return transport
}
