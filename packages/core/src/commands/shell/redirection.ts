import { NotUnderstood, type Reader, type Redirection } from './reader.ts'
import { isBare, readExpandedText, readWord } from './scanner.ts'
import { literal, unknown } from './word.ts'

const operators = /^\d?(<<<|<<-|<<|<>|<&|<(?!\()|>>|>\||>&|>(?!\())|^(&>>|&>)/

/** Reads a redirection with its target, or nothing where none begins. */
export function readRedirection(reader: Reader): Redirection | undefined {
  const match = operators.exec(reader.text.slice(reader.at, reader.at + 4))
  if (match === null) return undefined
  const operator = match[1] ?? match[2]!
  reader.at += match[0].length
  while (' \t'.includes(reader.text[reader.at] ?? '\n')) reader.at++
  const target = readWord(reader)
  if (target === undefined) throw new NotUnderstood('holds a redirection without a target')
  const redirection: Redirection = { operator, target }
  if (operator === '<<<') redirection.body = target
  if (operator === '<<' || operator === '<<-') {
    if (target.text.includes(unknown) || target.text.includes('\n')) throw new NotUnderstood('holds a here-document that cannot be judged')
    reader.pending.push({ end: target.text, expands: isBare(target), stripsTabs: operator === '<<-', redirection })
  }
  return redirection
}

/** Reads the bodies of the here-documents of the line that has just ended. */
export function readDocuments(reader: Reader): void {
  const pending = reader.pending
  reader.pending = []
  for (const { end, expands, stripsTabs, redirection } of pending) {
    const lines: string[] = []
    while (reader.at < reader.text.length) {
      const lineEnd = reader.text.indexOf('\n', reader.at)
      const stop = lineEnd < 0 ? reader.text.length : lineEnd
      const line = reader.text.slice(reader.at, stop).replace(stripsTabs ? /^\t+/ : /^$/, '')
      reader.at = stop + 1
      if (line === end) break
      // A continued line hides the end from the shell.
      if (expands && line.endsWith('\\')) throw new NotUnderstood('holds a here-document that cannot be judged')
      lines.push(line)
    }
    reader.at = Math.min(reader.at, reader.text.length)
    const text = lines.map((line) => `${line}\n`).join('')
    redirection.body = expands ? readExpandedText(reader, text) : literal(text)
  }
}
