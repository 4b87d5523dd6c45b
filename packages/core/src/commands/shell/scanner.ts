import { expandBraces } from './braces.ts'
import { readEscapes } from './escapes.ts'
import { readExpansion } from './expansion.ts'
import { deeper, NotUnderstood, type Reader } from './reader.ts'
import { unknown, type Word } from './word.ts'

const ends = ' \t\n;&|<>()'

/** A word while it is read: `mask` has a `u` for each character that was not quoted. */
interface Draft extends Word {
  mask: string
}

/** Reads the word at the reader, or nothing where none begins. */
export function readWord(reader: Reader): Word | undefined {
  const draft: Draft = { text: '', mask: '', splits: false, globs: false, quoted: false }
  const start = reader.at
  while (reader.at < reader.text.length) {
    const character = reader.text[reader.at]!
    if (isProcessSubstitution(reader)) {
      reader.at += 2
      deeper(reader, () => reader.nested(reader))
      add(draft, unknown, 'q')
      continue
    }
    if (ends.includes(character)) {
      if (character === '(' && reader.at > start) throwUnlessFunction(reader, draft)
      break
    }
    readPiece(reader, draft, character)
  }
  return reader.at === start ? undefined : draft
}

function isProcessSubstitution({ text, at }: Reader): boolean {
  return text[at + 1] === '(' && (text[at] === '<' || text[at] === '>')
}

/** `name(` begins a function; anything else before a parenthesis is an array or a pattern. */
function throwUnlessFunction(reader: Reader, draft: Draft): void {
  const rest = reader.text.slice(reader.at, reader.at + 64)
  if (draft.quoted || draft.text.includes(unknown) || !/^\([ \t]*\)/.test(rest)) throw new NotUnderstood('holds parentheses in a word')
}

function add(draft: Draft, text: string, kind: 'u' | 'q'): void {
  draft.text += text
  draft.mask += kind.repeat(text.length)
}

function readPiece(reader: Reader, draft: Draft, character: string): void {
  const next = reader.text[reader.at + 1]
  switch (character) {
    case '\\':
      reader.at += 2
      if (next === '\n') return
      draft.quoted = true
      add(draft, next ?? '\\', 'q')
      return
    case "'": {
      const close = reader.text.indexOf("'", reader.at + 1)
      if (close < 0) throw new NotUnderstood('holds a quote that is not closed')
      draft.quoted = true
      add(draft, reader.text.slice(reader.at + 1, close), 'q')
      reader.at = close + 1
      return
    }
    case '"':
      draft.quoted = true
      reader.at++
      readQuoted(reader, draft, '"')
      return
    case '`':
      readBackticks(reader, false)
      add(draft, unknown, 'q')
      draft.splits = true
      return
    case '$':
      readDollar(reader, draft, next)
      return
    default:
      if ('*?['.includes(character)) draft.globs = true
      add(draft, character, 'u')
      reader.at++
  }
}

function readDollar(reader: Reader, draft: Draft, next: string | undefined): void {
  if (next === "'") {
    draft.quoted = true
    add(draft, readEscapes(reader), 'q')
    return
  }
  if (next === '"') {
    // A translated string in bash, a dollar before a string elsewhere.
    add(draft, unknown, 'q')
    reader.at++
    return
  }
  const { text } = readExpansion(reader, (inner, end) => readQuoted(inner, emptyDraft(), end))
  add(draft, text, text === unknown ? 'q' : 'u')
  if (text === unknown) draft.splits = true
}

function emptyDraft(): Draft {
  return { text: '', mask: '', splits: false, globs: false, quoted: true }
}

/** Reads as between double quotes, as far as the end; with `}` as end, quotes inside are quotes of their own. */
function readQuoted(reader: Reader, draft: Draft, end: string): void {
  let from = reader.at
  const flush = () => add(draft, reader.text.slice(from, reader.at), 'q')
  while (reader.at < reader.text.length) {
    const character = reader.text[reader.at]!
    if (character === end) {
      flush()
      reader.at++
      return
    }
    if (end === '}' && isProcessSubstitution(reader)) throw new NotUnderstood('holds an expansion that cannot be judged')
    if (!'\\$`"\''.includes(character) || (character === "'" && end === '"') || ((character === '"' || character === "'") && end === '')) {
      reader.at++
      continue
    }
    flush()
    // Shells disagree on what a quote means inside an expansion.
    if (character === "'") throw new NotUnderstood('holds a quote inside an expansion')
    readSpecial(reader, draft, character)
    from = reader.at
  }
  if (end !== '') throw new NotUnderstood('holds a quote or an expansion that is not closed')
  flush()
}

function readSpecial(reader: Reader, draft: Draft, character: string): void {
  const next = reader.text[reader.at + 1]
  if (character === '\\') {
    reader.at += 2
    if (next === '\n') return
    add(draft, next !== undefined && '$`"\\}'.includes(next) ? next : `\\${next ?? ''}`, 'q')
  } else if (character === '`') {
    readBackticks(reader, true)
    add(draft, unknown, 'q')
  } else if (character === '"') {
    reader.at++
    deeper(reader, () => readQuoted(reader, draft, '"'))
  } else if (next === "'" || next === '"') {
    add(draft, '$', 'q')
    reader.at++
  } else {
    const { text, many } = readExpansion(reader, (inner, end) => readQuoted(inner, emptyDraft(), end))
    add(draft, text, 'q')
    if (many) draft.splits = true
  }
}

/** Reads `` `…` ``: its text loses one level of backslashes before it is a script. */
function readBackticks(reader: Reader, quoted: boolean): void {
  let script = ''
  for (let at = reader.at + 1; at < reader.text.length; at++) {
    const character = reader.text[at]!
    if (character === '`') {
      reader.at = at + 1
      const inner: Reader = { ...reader, text: `${script}\n)`, at: 0, pending: [] }
      deeper(inner, () => reader.nested(inner))
      if (inner.at < inner.text.length) throw new NotUnderstood('holds backticks that cannot be judged')
      return
    }
    const next = reader.text[at + 1]
    if (character === '\\' && next !== undefined && ('$`\\'.includes(next) || (quoted && next === '"'))) {
      script += next
      at++
    } else script += character
  }
  throw new NotUnderstood('holds a backtick that is not closed')
}

/** The text of a here-document in which expansions happen. */
export function readExpandedText(reader: Reader, text: string): Word {
  const inner: Reader = { ...reader, text, at: 0, pending: [] }
  const draft = emptyDraft()
  deeper(inner, () => readQuoted(inner, draft, ''))
  return draft
}

/** What the words of a command become in bash, which expands braces. */
export function braced(words: readonly Word[]): Word[] {
  return words.flatMap((word) => expandBraces(word, (word as Draft).mask))
}

/** The part of a word before a position was written without quotes and expansions. */
export function isBare(word: Word, length = word.text.length): boolean {
  return !word.text.slice(0, length).includes(unknown) && !(word as Draft).mask.slice(0, length).includes('q')
}

export function hasBraces({ text }: Word): boolean {
  const inside = text.slice(text.indexOf('{') + 1, Math.max(0, text.lastIndexOf('}')))
  return text.includes('{') && (inside.includes(',') || inside.includes('..'))
}
