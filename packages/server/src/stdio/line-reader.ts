/** Cuts a byte stream into lines and lets go of a line that is too long without holding it. */
export interface LineReader {
  push(chunk: Buffer): void
  /** Takes what came after the last line break as a line. */
  end(): void
}

/** Makes a line reader; `overlong` is told once per line that was let go of. */
export function createLineReader(limitBytes: number, line: (text: string) => void, overlong: () => void): LineReader {
  let parts: Buffer[] = []
  let length = 0
  let skipping = false

  function take(part: Buffer): void {
    if (skipping) return
    length += part.length
    parts.push(part)
    if (length <= limitBytes) return
    skipping = true
    parts = []
  }

  function end(): void {
    if (skipping) overlong()
    else if (length > 0) line((parts.length === 1 ? parts[0]! : Buffer.concat(parts, length)).toString('utf8'))
    parts = []
    length = 0
    skipping = false
  }

  return {
    end,
    push(chunk) {
      let start = 0
      for (let index = chunk.indexOf(10); index !== -1; index = chunk.indexOf(10, start)) {
        take(chunk.subarray(start, index))
        end()
        start = index + 1
      }
      if (start < chunk.length) take(chunk.subarray(start))
    },
  }
}
