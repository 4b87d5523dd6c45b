/** What becomes of the lines of a stream. */
export interface LineHandlers {
  readonly line: (text: string) => void
  /** A line longer than allowed, of which only both ends were kept. */
  readonly tooLong: (ends: { head: string; tail: string; bytes: number }) => void
}

const keptOfEnds = 512

/** Splits bytes into lines and never holds more than one line of the longest allowed. */
export function createLineSplitter(mostBytes: number, { line, tooLong }: LineHandlers): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let bytes = 0
  let overflow: { head: string; tail: Buffer } | undefined

  const take = (part: Buffer) => {
    bytes += part.length
    if (overflow === undefined) {
      parts.push(part)
      if (bytes <= mostBytes) return
      const whole = Buffer.concat(parts)
      overflow = { head: whole.toString('utf8', 0, keptOfEnds), tail: Buffer.from(whole.subarray(-keptOfEnds)) }
      parts = []
    } else overflow.tail = Buffer.from(Buffer.concat([overflow.tail, part]).subarray(-keptOfEnds))
  }

  const finish = () => {
    const [given, ends, length] = [parts, overflow, bytes]
    parts = []
    overflow = undefined
    bytes = 0
    if (ends !== undefined) return tooLong({ head: ends.head, tail: ends.tail.toString('utf8'), bytes: length })
    const [only] = given
    const text = (given.length === 1 && only !== undefined ? only : Buffer.concat(given)).toString('utf8')
    line(text.endsWith('\r') ? text.slice(0, -1) : text)
  }

  return (chunk) => {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end))
      finish()
      start = end + 1
    }
    if (start < chunk.length) take(chunk.subarray(start))
  }
}
