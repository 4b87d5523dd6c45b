import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerIdOf } from '../json-rpc.ts'
import { bytesIn, textOf, type Encode, type Encoded } from '../encode.ts'

/** A message unread for longer turns the answer into a stream, so that nobody between takes the silence for death. */
const silenceMs = 15_000

/** A reader that does not keep up is not sent more news than this. */
export const maxUnreadBytes = 1024 * 1024

/** Headers of every stream of events. */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** One POST and its answer: a JSON body, or a stream where something has to be said before the end. */
export interface Exchange {
  readonly ids: readonly RequestId[]
  /** Takes the answer to one of the requests; true when it was the last. */
  answer(message: JSONRPCMessage): boolean
  /** Takes note that a request will not be answered; true when no other is left. */
  cancel(id: RequestId): boolean
  /** Sends a message that belongs to one of the requests; false where this sender reads no stream. */
  relate(message: JSONRPCMessage): boolean
  /** Keeps a long silence from being taken for death. */
  beat(now: number): void
  /** Ends without an answer. */
  abandon(): void
}

/** Makes the exchange of one POST. */
export function createExchange(
  ids: readonly RequestId[],
  {
    request,
    response,
    headers,
    encode,
  }: { request: IncomingMessage; response: ServerResponse; headers: Record<string, string>; encode: Encode },
): Exchange {
  const streams = request.headers.accept?.includes('text/event-stream') === true
  const open = new Set(ids)
  const answers: Encoded[] = []
  let lastWrite = Date.now()
  let streaming = false

  function stream(text: string): void {
    lastWrite = Date.now()
    if (!streaming) {
      response.writeHead(200, { ...streamHeaders, ...headers })
      for (const earlier of answers) response.write(event(earlier))
    }
    streaming = true
    response.write(text)
  }

  function settle(id: RequestId): boolean {
    open.delete(id)
    if (open.size > 0) return false
    if (!response.destroyed) finish()
    return true
  }

  function finish(): void {
    if (streaming) response.end()
    else if (answers.length === 0) response.writeHead(202, { 'content-length': 0, ...headers }).end()
    else {
      const body: Encoded = ids.length === 1 ? answers[0]! : `[${answers.map(textOf).join(',')}]`
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytesIn(body), ...headers })
      writeBody(response, body)
    }
  }

  return {
    ids,
    answer(message) {
      const answer = encode(message)
      if (!streaming) answers.push(answer)
      else if (!response.destroyed) stream(event(answer))
      return settle(answerIdOf(message)!)
    },
    cancel: settle,
    relate(message) {
      if (!streams || response.destroyed) return false
      const fits = response.writableLength < maxUnreadBytes
      if (fits) stream(event(encode(message)))
      // Of what is only news some may be missed; a question has to arrive.
      return fits || !('id' in message)
    },
    beat(now) {
      if (streams && !response.destroyed && now - lastWrite >= silenceMs) stream(': still at it\n\n')
    },
    abandon() {
      if (response.destroyed || response.writableEnded) return
      if (response.headersSent) response.end()
      else response.writeHead(503, { 'content-length': 0, connection: 'close' }).end()
    },
  }
}

/** One message as an event of a stream. */
export function event(message: Encoded): string {
  return `event: message\ndata: ${textOf(message)}\n\n`
}

/** Writes a whole body and ends; what is written at one go leaves at one go. */
export function writeBody(response: ServerResponse, body: Encoded): void {
  if (typeof body === 'string') return void response.end(body)
  for (const part of body) response.write(part)
  response.end()
}
