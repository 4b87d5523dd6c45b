import type { Readable } from 'node:stream'

const longestNoise = 65_536

/** What a program wrote on one of its streams. */
export interface Output {
  /** The line that begins with the mark, once it came. */
  head(): string | undefined
  /** Waits for that line. */
  begun: Promise<string>
  text(): string
  truncated(): boolean
}

/**
 * Collects what comes after the line that begins with the mark, and before it what a login shell says of its own.
 * Keeps the first `maxBytes` and goes on reading, so that a full pipe never stops the program.
 */
export function collect(stream: Readable, mark: string, maxBytes: number): Output {
  const chunks: Buffer[] = []
  let before: Buffer | undefined = Buffer.alloc(0)
  let head: string | undefined
  let begin: (line: string) => void = () => undefined
  const begun = new Promise<string>((resolve) => {
    begin = resolve
  })
  let [kept, truncated] = [0, false]
  const keep = (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - kept)
    if (part.length < chunk.length) truncated = true
    if (part.length > 0) chunks.push(part)
    kept += part.length
  }
  stream.on('data', (chunk: Buffer) => {
    if (before === undefined) return keep(chunk)
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
    keep(rest)
  })
  return {
    head: () => head,
    begun,
    // With `stream`, a character that was cut in two is left out instead of replaced.
    text: () => new TextDecoder().decode(before ?? Buffer.concat(chunks), { stream: truncated }),
    truncated: () => truncated,
  }
}
