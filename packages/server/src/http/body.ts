import type { IncomingMessage } from 'node:http'

/** Largest request body, in bytes. */
export const maxBodyBytes = 4 * 1024 * 1024

/** A body over the limit is read to its end (up to here) and dropped, so that the refusal can be read by the sender. */
const maxDroppedBytes = 64 * 1024 * 1024

/** A request body: its text, or the fact that it was too large. */
export type Body = { text: string } | { tooLarge: true }

/** Reads a body whole; rejects when the sender goes away first. */
export function readBody(request: IncomingMessage, mostBytes = maxBodyBytes): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    let tooLarge = Number(request.headers['content-length'] ?? 0) > mostBytes
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > mostBytes) tooLarge = true
      if (!tooLarge) chunks.push(chunk)
      else {
        chunks.length = 0
        if (length > maxDroppedBytes) resolve({ tooLarge })
      }
    })
    request.on('end', () => resolve(tooLarge ? { tooLarge } : { text: Buffer.concat(chunks, length).toString('utf8') }))
    request.on('error', reject)
    request.on('close', () => {
      // Every request is closed one day; an error that nobody sees costs as much as all of the above.
      if (!request.readableEnded) reject(new Error('The request was not sent to its end.'))
    })
  })
}
