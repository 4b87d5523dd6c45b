import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** What is announced where more comes than anybody takes. */
export const oversizedBytes = 1024 ** 3

/** What stands in for content nobody sees the end of: JSON allows blanks. */
export const blanks = Buffer.alloc(65_536, ' ')

const dripMs = 50

/** Writes one byte now and then, until the client has had enough. */
export async function drip(outgoing: Writable): Promise<void> {
  await pour(outgoing, blanks.subarray(0, 1), dripMs)
}

/** Writes as fast as the client takes it, until it has had enough. */
export async function flood(outgoing: Writable): Promise<void> {
  await pour(outgoing, blanks, 0)
}

async function pour(outgoing: Writable, part: Buffer, everyMs: number): Promise<void> {
  // That the client has gone is its end here, not a failure.
  const gone = new Promise<unknown>((resolve) => outgoing.once('close', resolve))
  while (!outgoing.destroyed) {
    if (!outgoing.write(part)) await Promise.race([gone, new Promise<unknown>((resolve) => outgoing.once('drain', resolve))])
    await pause(everyMs)
  }
}
