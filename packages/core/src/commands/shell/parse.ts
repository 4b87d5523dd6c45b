import { readDocuments, readRedirection } from './redirection.ts'
import { deeper, NotUnderstood, type Assignment, type Reader, type SimpleCommand } from './reader.ts'
import { braced, hasBraces, isBare, readWord } from './scanner.ts'
import { unknown, type Word } from './word.ts'

/** All commands of a script, and why the rest of it is not understood where that is so. */
export interface Script {
  commands: SimpleCommand[]
  functions: Set<string>
  problem?: string
}

const longest = 65_536
const mostCommands = 2000

/**
 * The commands of a text of POSIX shell or bash, in whatever construct they stand.
 * Where dash and bash would read the same text differently, it is not understood.
 */
export function parseScript(text: string): Script {
  const reader: Reader = { text, at: 0, depth: 0, commands: [], functions: new Set(), pending: [], nested: readNested }
  const found = { commands: reader.commands, functions: reader.functions }
  if (text.length > longest) return { ...found, problem: 'is too long to be judged' }
  // oxlint-disable-next-line no-control-regex -- shells differ on what these mean
  if (/[\u0001-\u0008\u000B-\u001F\u007F]/.test(text)) return { ...found, problem: 'holds control characters' }
  try {
    if (readList(reader, []) !== '') throw new NotUnderstood('is not a complete script')
    readDocuments(reader)
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    return { ...found, problem: error.message }
  }
  return text.includes(unknown) ? { ...found, problem: 'rests on a value that is not known before it runs' } : found
}

/** The commands of a substitution, as far as its parenthesis. */
function readNested(reader: Reader): void {
  const outer = reader.pending
  const start = reader.at
  reader.pending = []
  const end = readList(reader, [')'])
  if (end !== ')' || reader.pending.length > 0) throw new NotUnderstood('holds a substitution that is not closed')
  if (outer.length > 0 && reader.text.slice(start, reader.at).includes('\n'))
    throw new NotUnderstood('holds a here-document that cannot be judged')
  reader.at++
  reader.pending = outer
}

const terminators = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'])

/** Reads commands until one of the words, a `)` or the end; a word is consumed, the rest is not. */
function readList(reader: Reader, until: readonly string[]): string {
  for (;;) {
    skipBlank(reader, true)
    const character = reader.text[reader.at]
    if (character === undefined) return ended('', until)
    if (character === ')') return ended(')', until)
    if (reader.text.startsWith(';;', reader.at)) return ended(';;', until)
    if (character === ';' || character === '&' || character === '|') {
      if (character === '&' && reader.text[reader.at + 1] === '>') readCommand(reader)
      else reader.at++
      continue
    }
    const word = peekReserved(reader)
    if (word !== undefined && terminators.has(word)) {
      reader.at += word.length
      return ended(word, until)
    }
    readCommand(reader)
  }
}

function ended(found: string, until: readonly string[]): string {
  if (found === '' ? until.length > 0 : !until.includes(found)) throw new NotUnderstood('is not a complete script')
  return found
}

function skipBlank(reader: Reader, lines = false): void {
  for (;;) {
    const character = reader.text[reader.at]
    if (character === ' ' || character === '\t') reader.at++
    else if (character === '\\' && reader.text[reader.at + 1] === '\n') reader.at += 2
    else if (character === '#') {
      const end = reader.text.indexOf('\n', reader.at)
      reader.at = end < 0 ? reader.text.length : end
    } else if (character === '\n' && lines) {
      reader.at++
      readDocuments(reader)
    } else return
  }
}

/** The unquoted word at the reader, where nothing but a separator follows it. */
function peekReserved(reader: Reader): string | undefined {
  return /^(?:[a-z]+|[{}!])(?=[\s;&|<>()]|$)/.exec(reader.text.slice(reader.at, reader.at + 16))?.[0]
}

function readCommand(reader: Reader): void {
  if (reader.commands.length > mostCommands) throw new NotUnderstood('holds too many commands to be judged')
  deeper(reader, () => readOne(reader))
}

function readOne(reader: Reader): void {
  if (reader.text.startsWith('((', reader.at)) throw new NotUnderstood('calculates with variables, which can run code in bash')
  if (reader.text[reader.at] === '(') {
    reader.at++
    readList(reader, [')'])
    reader.at++
    readRedirections(reader)
    return
  }
  const word = peekReserved(reader)
  if (word !== undefined && compounds.has(word)) {
    reader.at += word.length
    compounds.get(word)!(reader)
    return
  }
  if (word === '!' || (word === 'time' && !/^time[ \t]+-/.test(reader.text.slice(reader.at, reader.at + 16)))) {
    reader.at += word.length
    skipBlank(reader)
    if (!/^(?:[\n;&|)]|$)/.test(reader.text[reader.at] ?? '')) readCommand(reader)
    return
  }
  if (word !== undefined && terminators.has(word)) throw new NotUnderstood('is not a complete script')
  readSimple(reader)
}

const notUnderstood = (): never => {
  throw new NotUnderstood('holds a construct that shells read differently')
}

const compounds = new Map<string, (reader: Reader) => void>([
  ['if', readIf],
  ['while', readLoop],
  ['until', readLoop],
  ['for', readFor],
  ['case', readCase],
  [
    '{',
    (reader) => {
      readList(reader, ['}'])
      readRedirections(reader)
    },
  ],
  ['function', notUnderstood],
  ['select', notUnderstood],
  ['coproc', notUnderstood],
])

function readIf(reader: Reader): void {
  readList(reader, ['then'])
  for (;;) {
    const end = readList(reader, ['elif', 'else', 'fi'])
    if (end === 'fi') break
    if (end === 'elif') readList(reader, ['then'])
  }
  readRedirections(reader)
}

function readLoop(reader: Reader): void {
  readList(reader, ['do'])
  readList(reader, ['done'])
  readRedirections(reader)
}

function readFor(reader: Reader): void {
  skipBlank(reader)
  const name = /^[A-Za-z_][A-Za-z0-9_]*(?=[\s;])/.exec(reader.text.slice(reader.at, reader.at + 128))?.[0]
  if (name === undefined) throw new NotUnderstood('holds a loop that cannot be judged')
  reader.at += name.length
  const value: Word = { text: unknown, splits: true, globs: false, quoted: false }
  reader.commands.push({ assignments: [{ name, value }], words: [], redirections: [] })
  skipBlank(reader, true)
  if (peekReserved(reader) === 'in') {
    reader.at += 2
    while (readArgument(reader) !== undefined);
  }
  skipBlank(reader)
  if (reader.text[reader.at] === ';') reader.at++
  skipBlank(reader, true)
  if (peekReserved(reader) !== 'do') throw new NotUnderstood('holds a loop that cannot be judged')
  reader.at += 2
  readList(reader, ['done'])
  readRedirections(reader)
}

function readCase(reader: Reader): void {
  if (readArgument(reader) === undefined) throw new NotUnderstood('holds a choice that cannot be judged')
  skipBlank(reader, true)
  if (peekReserved(reader) !== 'in') throw new NotUnderstood('holds a choice that cannot be judged')
  reader.at += 2
  for (;;) {
    skipBlank(reader, true)
    if (peekReserved(reader) === 'esac') break
    if (reader.text[reader.at] === '(') reader.at++
    for (;;) {
      if (readArgument(reader) === undefined) throw new NotUnderstood('holds a choice that cannot be judged')
      skipBlank(reader)
      if (reader.text[reader.at++] !== '|') break
    }
    if (reader.text[reader.at - 1] !== ')') throw new NotUnderstood('holds a choice that cannot be judged')
    if (readList(reader, [';;', 'esac']) === 'esac') return readRedirections(reader)
    reader.at += 2
    if (/[;&]/.test(reader.text[reader.at] ?? '')) notUnderstood()
  }
  reader.at += 4
  readRedirections(reader)
}

/** The word that follows on this line. */
function readArgument(reader: Reader): Word | undefined {
  skipBlank(reader)
  const start = reader.at
  const word = readWord(reader)
  if (word === undefined) return undefined
  if (reader.pending.length > 0 && reader.text.slice(start, reader.at).includes('\n'))
    throw new NotUnderstood('holds a here-document that cannot be judged')
  // In bash `{name}>` keeps a file descriptor, elsewhere it is a word; so with numbers of two digits.
  const following = reader.text[reader.at]
  if ((following === '<' || following === '>') && isBare(word) && /^(?:\{\w+\}|\d+)$/.test(word.text)) notUnderstood()
  return word
}

/** The redirections behind a compound, which belong to no simple command. */
function readRedirections(reader: Reader): void {
  const command: SimpleCommand = { assignments: [], words: [], redirections: [] }
  for (;;) {
    skipBlank(reader)
    const redirection = readRedirection(reader)
    if (redirection === undefined) break
    command.redirections.push(redirection)
  }
  if (command.redirections.length > 0) reader.commands.push(command)
  if (!/^(?:[\n;&|)]|$)/.test(reader.text[reader.at] ?? '')) throw new NotUnderstood('is not a complete script')
}

function readSimple(reader: Reader): void {
  const command: SimpleCommand = { assignments: [], words: [], redirections: [], ...(reader.within && { within: reader.within }) }
  // To dash, `&>` ends a command, and what follows the file is another one.
  let second = Number.POSITIVE_INFINITY
  reader.commands.push(command)
  for (;;) {
    skipBlank(reader)
    const redirection = readRedirection(reader)
    if (redirection !== undefined) {
      command.redirections.push(redirection)
      if (redirection.operator.startsWith('&')) second = command.words.length
      continue
    }
    const word = readArgument(reader)
    if (word === undefined) break
    const assignment = command.words.length === 0 ? assignmentIn(word) : undefined
    if (assignment === undefined) command.words.push(word)
    else command.assignments.push(assignment)
  }
  if (reader.text[reader.at] === '(') return readFunction(reader, command)
  if (command.words.length > second) reader.commands.push({ ...command, words: command.words.slice(second) })
  if (command.words.some(hasBraces)) reader.commands.push({ ...command, words: braced(command.words) })
}

function assignmentIn(word: Word): Assignment | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(\[.*\])?\+?=/s.exec(word.text)
  if (match === null || !isBare(word, match[1]!.length + 1)) return undefined
  if (match[2] !== undefined) throw new NotUnderstood('assigns to an element, which can run code in bash')
  if (!isBare(word, match[0].length)) return undefined
  return { name: match[1]!, value: { ...word, text: word.text.slice(match[0].length) } }
}

function readFunction(reader: Reader, { words, assignments, redirections }: SimpleCommand): void {
  const name = words[0]
  if (words.length !== 1 || assignments.length > 0 || redirections.length > 0 || !/^[\w.:-]+$/.test(name!.text))
    throw new NotUnderstood('holds a function that cannot be judged')
  reader.commands.pop()
  reader.functions.add(name!.text)
  reader.at = reader.text.indexOf(')', reader.at) + 1
  skipBlank(reader, true)
  if (reader.text[reader.at] !== '(' && !compounds.has(peekReserved(reader) ?? '')) notUnderstood()
  const outer = reader.within
  reader.within = name!.text
  readCommand(reader)
  if (outer === undefined) delete reader.within
  else reader.within = outer
}
