const keptBytes = 16_384

/** Text that comes in pieces: of a long one the beginning and the end are kept. */
export interface CappedText {
  add(bytes: Uint8Array): void
  text(): string
}

/** Makes one; `onFirstLine` takes the first line for itself. */
export function cappedText(onFirstLine?: (line: string) => void): CappedText {
  let head = Buffer.alloc(0)
  let tail = Buffer.alloc(0)
  let left = 0
  let waiting = onFirstLine === undefined ? undefined : Buffer.alloc(0)

  function keep(bytes: Uint8Array): void {
    const space = Math.max(0, keptBytes - head.length)
    head = Buffer.concat([head, bytes.subarray(0, space)])
    const both = Buffer.concat([tail, bytes.subarray(space)])
    left += Math.max(0, both.length - keptBytes)
    tail = both.subarray(Math.max(0, both.length - keptBytes))
  }

  return {
    add(bytes) {
      if (waiting === undefined) return keep(bytes)
      waiting = Buffer.concat([waiting, bytes])
      const end = waiting.indexOf('\n')
      if (end === -1) return
      const [line, rest] = [waiting.subarray(0, end).toString(), waiting.subarray(end + 1)]
      waiting = undefined
      onFirstLine?.(line)
      keep(rest)
    },
    text() {
      const whole = Buffer.concat([head, waiting ?? Buffer.alloc(0)])
      if (left === 0) return Buffer.concat([whole, tail]).toString()
      return `${whole.toString()}\n[${left} bytes left out]\n${tail.toString()}`
    },
  }
}
