import { Readable, pipeline, type Transform } from 'node:stream'
import type { Deadline } from './deadline.ts'
import { ToolError } from '../define/error.ts'
import { bodyFailureOf, type Place } from './failure.ts'

/** What is sent, and whether it can be sent twice. */
export interface OutgoingBody {
  content: Buffer | Readable | null
  contentType: string | null
  repeatable: boolean
}

/** Turns any standard body into bytes; a stream is passed on as it is and cannot be repeated. */
export async function outgoingBody(body: RequestInit['body']): Promise<OutgoingBody> {
  if (body === null || body === undefined) return { content: null, contentType: null, repeatable: true }
  if (body instanceof ReadableStream) return { content: Readable.fromWeb(body), contentType: null, repeatable: false }
  const carrier = new Response(body)
  return { content: Buffer.from(await carrier.arrayBuffer()), contentType: carrier.headers.get('content-type'), repeatable: true }
}

/** Undoes the content coding, for the servers that compress though not asked to. */
export async function decoded(source: Readable, coding: string | undefined): Promise<Readable> {
  const decoder = await decoderOf(coding?.trim().toLowerCase() ?? '')
  // The failure reaches the reader through the decoder.
  return decoder === undefined ? source : pipeline(source, decoder, () => undefined)
}

async function decoderOf(coding: string): Promise<Transform | undefined> {
  if (coding !== 'gzip' && coding !== 'x-gzip' && coding !== 'deflate' && coding !== 'br') return undefined
  const zlib = await import('node:zlib')
  if (coding === 'br') return zlib.createBrotliDecompress()
  return coding === 'deflate' ? zlib.createInflate() : zlib.createGunzip()
}

/** The error of an answer that is over its cap. */
export function tooLarge(maxBytes: number): ToolError {
  return new ToolError('upstream', `The answer is larger than ${maxBytes} bytes.`, {
    hint: 'Ask for less: a narrower filter, fewer lines, a shorter time.',
  })
}

/** The body as a caller reads it: at most `maxBytes`, until the deadline, failing with our errors. */
export function incomingBody(source: Readable, limits: { maxBytes: number; deadline: Deadline; place: Place }): ReadableStream<Uint8Array> {
  const { maxBytes, deadline, place } = limits
  // Until somebody reads, a failure has no other listener.
  source.on('error', () => undefined)
  let chunks: AsyncIterator<Uint8Array> | undefined
  let received = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          chunks ??= source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
          const { done, value } = await deadline.race(chunks.next())
          if (done === true) {
            deadline.stop()
            return controller.close()
          }
          received += value.length
          if (received > maxBytes) throw tooLarge(maxBytes)
          return controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.length))
        } catch (error) {
          source.destroy()
          const { aborted, reason } = deadline.signal
          deadline.stop()
          throw aborted ? reason : bodyFailureOf(error, place)
        }
      },
      cancel() {
        source.destroy()
        deadline.stop()
      },
    },
    { highWaterMark: 0 },
  )
}
