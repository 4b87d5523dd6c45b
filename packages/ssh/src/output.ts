import type { Readable } from 'node:stream'
import { keepBytes } from '@rackwarden/core/runtime'

const longestNoise = 65_536

/** What a program wrote on one of its streams. */
export interface Output {
  /** The line that begins with the mark, once it came. */
  head(): string | undefined
  /** Waits for that line. */
  begun: Promise<string>
  text(): string
  truncated(): boolean
  /** How many bytes came after that line, kept or not. */
  bytes(): number
}

/** What is collected: after which mark, how much of it, and which end of it. */
export interface Collecting {
  mark: string
  maxBytes: number
  keep?: 'head' | 'tail' | undefined
}

/**
 * Collects what comes after the line that begins with the mark, and before it what a login shell says of its own.
 * Goes on reading where it is full, so that a full pipe never stops the program.
 */
export function collect(stream: Readable, { mark, maxBytes, keep }: Collecting): Output {
  const kept = keepBytes(maxBytes, keep)
  let before: Buffer | undefined = Buffer.alloc(0)
  let head: string | undefined
  let begin: (line: string) => void = () => undefined
  const begun = new Promise<string>((resolve) => {
    begin = resolve
  })
  stream.on('data', (chunk: Buffer) => {
    if (before === undefined) return kept.add(chunk)
    before = Buffer.concat([before, chunk])
    const start = before.indexOf(mark)
    const end = start < 0 ? -1 : before.indexOf('\n', start)
    if (end < 0) {
      if (before.length > longestNoise) before = before.subarray(-longestNoise)
      return
    }
    head = before.toString('utf8', start, end)
    begin(head)
    const rest = before.subarray(end + 1)
    before = undefined
    kept.add(rest)
  })
  return {
    head: () => head,
    begun,
    text: () => (before === undefined ? kept.text() : new TextDecoder().decode(before)),
    truncated: () => kept.truncated(),
    bytes: () => kept.bytes(),
  }
}
