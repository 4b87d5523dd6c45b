import { deeper, NotUnderstood, type Reader } from './reader.ts'
import { unknown } from './word.ts'

/** What an expansion becomes: text that is not known yet, perhaps several words even between quotes. */
export interface Expansion {
  text: string
  many: boolean
}

type ReadQuoted = (reader: Reader, end: string) => void

/** Reads what begins with `$` at the reader; a `$` that expands nothing is itself. */
export function readExpansion(reader: Reader, readPart: ReadQuoted): Expansion {
  const { text } = reader
  const next = text[reader.at + 1] ?? ''
  if (text.startsWith('$((', reader.at)) return readArithmetic(reader)
  if (next === '(') {
    reader.at += 2
    deeper(reader, () => reader.nested(reader))
    return { text: unknown, many: false }
  }
  if (next === '{') return readParameter(reader, readPart)
  if (next === '[') throw new NotUnderstood('holds arithmetic in an old form')
  const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9*@#?$!-])/.exec(text.slice(reader.at + 1, reader.at + 257))?.[0]
  if (name === undefined) {
    reader.at++
    return { text: '$', many: false }
  }
  reader.at += 1 + name.length
  return { text: unknown, many: name === '@' || name === '*' }
}

/** Numbers and operators only: bash runs code it finds in the variables of a calculation. */
function readArithmetic(reader: Reader): Expansion {
  const match = /^\$\(\(([\s\d+*/%()<>=!&|^~?:-]*)\)\)/.exec(reader.text.slice(reader.at, reader.at + 1024))
  if (match === null || !isBalanced(match[1]!)) throw new NotUnderstood('calculates with variables, which can run code in bash')
  reader.at += match[0].length
  return { text: unknown, many: false }
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    else if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}

const head = /^\$\{(#?(?:[A-Za-z_][A-Za-z0-9_]*(?:\[(?:\d+|[@*])\])?|[0-9]+|[@*?$#!-]))/

function readParameter(reader: Reader, readPart: ReadQuoted): Expansion {
  const match = head.exec(reader.text.slice(reader.at, reader.at + 512))
  if (match === null) throw new NotUnderstood('holds an expansion that cannot be judged')
  const many = /[@*]/.test(match[1]!)
  reader.at += match[0].length
  if (reader.text[reader.at] === '}') {
    reader.at++
    return { text: unknown, many }
  }
  const operator = /^(?::[-+?]|[-+?]|##?|%%?|\/\/?|\^\^?|,,?|:(?= *\d+(?: *: *\d+ *)?\}))/.exec(
    reader.text.slice(reader.at, reader.at + 64),
  )
  if (operator === null || match[1]!.startsWith('#')) throw new NotUnderstood('holds an expansion that cannot be judged')
  reader.at += operator[0].length
  deeper(reader, () => readPart(reader, '}'))
  return { text: unknown, many: true }
}
