import type { IncomingMessage } from 'node:http'
import type { Room } from './room.ts'

/** Largest request body, in bytes. */
export const maxBodyBytes = 4 * 1024 * 1024

/** A body over the limit is read to its end (up to here) and dropped, so that the refusal can be read by the sender. */
const maxDroppedBytes = 64 * 1024 * 1024

/** A request body: its text, with what it takes of the room, or why it is not here. */
export type Body = { text: string; bytes: number } | { refused: 'too large' | 'no room' }

/** What a body may be, and where it is kept. */
export interface BodyLimits {
  mostBytes?: number
  /** Shared with the bodies of others; whoever reads gives the bytes back once the request is done. */
  room?: Room
}

/** Reads a body whole; rejects when the sender goes away first. */
export function readBody(request: IncomingMessage, { mostBytes = maxBodyBytes, room }: BodyLimits = {}): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let [length, kept] = [0, 0]
    let refused: 'too large' | 'no room' | undefined = Number(request.headers['content-length'] ?? 0) > mostBytes ? 'too large' : undefined

    function letGo(why: 'too large' | 'no room'): void {
      refused = why
      chunks.length = 0
      room?.give(kept)
      kept = 0
    }

    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (refused !== undefined) {
        if (length > maxDroppedBytes) resolve({ refused })
      } else if (length > mostBytes) letGo('too large')
      else if (room?.take(chunk.length) === false) letGo('no room')
      else {
        kept += chunk.length
        chunks.push(chunk)
      }
    })
    request.on('end', () => {
      resolve(refused === undefined ? { text: Buffer.concat(chunks, length).toString('utf8'), bytes: kept } : { refused })
      kept = 0
    })
    request.on('error', reject)
    request.on('close', () => {
      // What was read to its end is another's to give back.
      room?.give(kept)
      kept = 0
      // Every request is closed one day; an error that nobody sees costs as much as all of the above.
      if (!request.readableEnded) reject(new Error('The request was not sent to its end.'))
    })
  })
}
