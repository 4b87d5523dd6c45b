/** Bytes that come in pieces, of which no more than so many are kept. */
export interface KeptBytes {
  add(bytes: Buffer): void
  text(): string
  truncated(): boolean
  /** How many came in all. */
  bytes(): number
}

/** Keeps the first or the last bytes of what comes. */
export function keepBytes(most: number, keep: 'head' | 'tail' = 'head'): KeptBytes {
  let chunks: Buffer[] = []
  let [held, came] = [0, 0]

  function add(bytes: Buffer): void {
    came += bytes.length
    const part = keep === 'head' ? bytes.subarray(0, most - held) : bytes.subarray(-most)
    if (part.length > 0) chunks.push(part)
    held += part.length
    // Put together only now and then: a tail that moved with every piece would be copied with every piece.
    if (keep === 'tail' && held > 2 * most) trim()
  }

  function trim(): void {
    chunks = [Buffer.concat(chunks).subarray(-most)]
    held = chunks[0]?.length ?? 0
  }

  return {
    add,
    text() {
      if (keep === 'head') {
        // With `stream`, a character that was cut in two is left out instead of replaced.
        return new TextDecoder().decode(Buffer.concat(chunks), { stream: came > most })
      }
      trim()
      const whole = chunks[0] ?? Buffer.alloc(0)
      // The same at the other end: no text begins with the rest of a character.
      const start =
        came > most
          ? Math.max(
              0,
              whole.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80),
            )
          : 0
      return new TextDecoder().decode(whole.subarray(start))
    },
    truncated: () => came > most,
    bytes: () => came,
  }
}
