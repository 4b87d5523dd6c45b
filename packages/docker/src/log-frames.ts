/** One of the two streams a process writes to. */
export type LogStream = 'stdout' | 'stderr'

/** A piece of a log, as the engine framed it. */
export interface LogChunk {
  stream: LogStream
  bytes: Uint8Array
}

const headerBytes = 8
const timestamp = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)(?: |$)/

/**
 * Takes the engine's multiplexed stream apart as it comes: frames of one byte of stream, three of padding, four of length,
 * then the payload. Bytes may arrive cut anywhere; a payload is passed on as far as it came.
 */
export function frameReader(take: (chunk: LogChunk) => void): (piece: Uint8Array) => void {
  let header: Uint8Array = new Uint8Array(0)
  let stream: LogStream = 'stdout'
  let left = 0
  return (piece) => {
    let rest = piece
    while (rest.length > 0) {
      if (left > 0) {
        const bytes = rest.subarray(0, left)
        left -= bytes.length
        rest = rest.subarray(bytes.length)
        take({ stream, bytes })
        continue
      }
      const missing = headerBytes - header.length
      header = joined([header, rest.subarray(0, missing)])
      rest = rest.subarray(missing)
      if (header.length < headerBytes) return
      stream = header[0] === 2 ? 'stderr' : 'stdout'
      left = new DataView(header.buffer, header.byteOffset).getUint32(4)
      header = new Uint8Array(0)
      if (left === 0) take({ stream, bytes: header })
    }
  }
}

/** Takes a whole multiplexed log apart, a chunk a frame. */
export function demultiplex(pieces: Iterable<Uint8Array>): LogChunk[] {
  const chunks: LogChunk[] = []
  frameReader((chunk) => chunks.push(chunk))(joined(pieces))
  return chunks
}

function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces]
  const whole = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of all) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}

/** One line of a container's log. */
export interface LogLine {
  stream: LogStream
  /** RFC 3339 with nanoseconds, as the engine wrote it. */
  at: string
  text: string
}

/** Splits framed chunks into lines, each stream by itself, and takes the engine's timestamp off each. */
export function logLines(chunks: readonly LogChunk[]): LogLine[] {
  const lines: LogLine[] = []
  const open: Partial<Record<LogStream, { decoder: InstanceType<typeof TextDecoder>; rest: string }>> = {}
  for (const { stream, bytes } of chunks) {
    const state = (open[stream] ??= { decoder: new TextDecoder(), rest: '' })
    const piece = state.decoder.decode(bytes, { stream: true })
    // A line over 16 KiB comes in several frames, each with a timestamp of its own.
    const parts = (state.rest === '' ? piece : state.rest + piece.replace(timestamp, '')).split('\n')
    state.rest = parts.pop() ?? ''
    for (const part of parts) lines.push(lineOf(stream, part))
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const state = open[stream]
    const rest = state === undefined ? '' : state.rest + state.decoder.decode()
    if (rest !== '') lines.push(lineOf(stream, rest))
  }
  return lines
}

function lineOf(stream: LogStream, raw: string): LogLine {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
  const at = timestamp.exec(line)?.[0]
  return at === undefined ? { stream, at: '', text: line } : { stream, at: at.trimEnd(), text: line.slice(at.length) }
}

/** Orders lines by their time; lines of one time keep their order. */
export function inOrderOfTime(lines: readonly LogLine[]): LogLine[] {
  // Podman cuts trailing zeros, so that the texts compare only once they are padded.
  const key = ({ at }: LogLine) => at.slice(0, 19) + (/\.(\d+)/.exec(at)?.[1] ?? '').padEnd(9, '0')
  return lines.toSorted((first, second) => (key(first) < key(second) ? -1 : key(first) > key(second) ? 1 : 0))
}
