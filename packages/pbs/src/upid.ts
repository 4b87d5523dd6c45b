/** What the id of a task says of it. */
export interface Upid {
  node: string
  /** When it began, in seconds since the epoch. */
  startedAt: number
  type: string
  /** What it works on: `main:vm/100`. */
  subject: string
  user: string
}

const form =
  /^UPID:(?<node>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8,16}:(?<start>[0-9A-Fa-f]{8}):(?<type>[^:\s]+):(?<subject>[^:\s]*):(?<user>[^:\s]+):$/

/** Reads the id of a task; undefined where it is none of this product, as one of Proxmox VE, which has a field less. */
export function readUpid(text: string): Upid | undefined {
  const { node, start, type, subject, user } = form.exec(text)?.groups ?? {}
  if (node === undefined || start === undefined || type === undefined || subject === undefined || user === undefined) return undefined
  return { node, startedAt: Number.parseInt(start, 16), type, subject: unescaped(subject), user }
}

/** Reads a name as systemd escapes it: a dash stands for a slash, `\x3a` for a byte. */
export function unescaped(text: string): string {
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const [part] of text.matchAll(/\\x[0-9a-fA-F]{2}|[^]/gu)) {
    if (part.length === 4 && part.startsWith('\\x')) bytes.push(Number.parseInt(part.slice(2), 16))
    else bytes.push(...encoder.encode(part === '-' ? '/' : part))
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

/** Writes a name as systemd escapes it. */
export function escaped(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte, index) => {
      const character = String.fromCharCode(byte)
      if (character === '/') return '-'
      const isPlain = /[A-Za-z0-9_.]/.test(character) && !(index === 0 && character === '.')
      return isPlain ? character : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}
