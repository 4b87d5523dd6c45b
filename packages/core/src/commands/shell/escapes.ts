import { NotUnderstood, type Reader } from './reader.ts'

const simple: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  e: '\u001B',
  E: '\u001B',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  '?': '?',
}

/** Reads `$'…'`. An escaped quote in it ends the string in one shell and not in another. */
export function readEscapes(reader: Reader): string {
  const close = reader.text.indexOf("'", reader.at + 2)
  if (close < 0) throw new NotUnderstood('holds a quote that is not closed')
  const source = reader.text.slice(reader.at + 2, close)
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(source)) throw new NotUnderstood('holds a quote that shells read differently')
  reader.at = close + 1
  return source.replaceAll(/\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|.)/gs, (_, escape: string) =>
    decoded(escape),
  )
}

function decoded(escape: string): string {
  const kind = escape[0]!
  const plain = escape.length === 1 ? simple[kind] : undefined
  if (plain !== undefined) return plain
  if (escape.length === 1 && !/[0-7]/.test(kind)) throw new NotUnderstood('holds an escape that cannot be judged')
  const code = /[0-7]/.test(kind) ? Number.parseInt(escape, 8) & 0xff : Number.parseInt(escape.slice(1), 16)
  // Bytes beyond ASCII are parts of characters.
  if (code === 0 || (code > 0x7f && (kind === 'x' || /[0-7]/.test(kind))) || code > 0x10ffff)
    throw new NotUnderstood('holds an escape that cannot be judged')
  return String.fromCodePoint(code)
}
