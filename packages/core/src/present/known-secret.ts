import { formsOf } from './secret-forms.ts'

/** Replaces every form of the known values in a text. */
export interface Matcher {
  replace(text: string, by: string): string
}

type Range = [from: number, to: number]

const shortestValue = 8

/**
 * Finds all forms of all values in one walk over the text, whose cost does not grow with their number: four characters
 * select the few forms that may begin there.
 */
export function createMatcher(values: Iterable<string>): Matcher {
  const forms = new Set<string>()
  for (const value of values) for (const form of formsOf(value, shortestValue)) if (form.length >= shortestValue) forms.add(form)
  // Such a value could never be got out of a text that says where secrets were.
  for (const form of forms) if ('[redacted]'.includes(form)) forms.delete(form)
  if (forms.size === 0) return { replace: (text) => text }

  const byStart = new Map<number, string[]>()
  const possible = new Uint8Array(65_536)
  for (const form of [...forms].toSorted((a, b) => b.length - a.length)) {
    const start = startOf(form)
    possible[start] = 1
    byStart.set(start, [...(byStart.get(start) ?? []), form])
  }

  /** Where forms stand, those that overlap as one, or the rest of the second would stay. */
  function find(text: string): Range[] {
    const ranges: Range[] = []
    // Bytes are read several times faster than a string's characters; what is cut off of those is looked at again.
    const bytes = Buffer.from(text, 'latin1')
    let key = 0
    // Each number is made of the last; it is of four characters with the third after the beginning.
    for (let end = 0, index = -3; index + shortestValue <= text.length; end += 1, index += 1) {
      key = ((key << 4) ^ (bytes[end] ?? 0)) & 0xffff
      if (possible[key] === 0 || index < 0) continue
      const form = byStart.get(key)?.find((candidate) => text.startsWith(candidate, index))
      if (form === undefined) continue
      const last = ranges.at(-1)
      const to = index + form.length
      if (last !== undefined && index <= last[1]) last[1] = Math.max(last[1], to)
      else ranges.push([index, to])
    }
    return ranges
  }

  return {
    replace(text, by) {
      const whole = without(text, find(text), by)
      const folded = foldsOf(whole).flatMap((fold) => find(fold.joined).map(([from, to]): Range => [fold.at(from), fold.at(to - 1) + 1]))
      return without(whole, folded, by)
    },
  }
}

/** The text with something else in the place of ranges, which are in order and do not overlap. */
function without(text: string, ranges: readonly Range[], by: string): string {
  let result = ''
  let kept = 0
  for (const [from, to] of ranges) {
    result += text.slice(kept, from) + by
    kept = to
  }
  return kept === 0 ? text : result + text.slice(kept)
}

interface Fold {
  /** Without the breaks. */
  joined: string
  /** Where a character of it stands in the text. */
  at(index: number): number
}

const shortestFold = 16
const lineEnd = /[ \t]{0,16}(?:\r?\n|\\r\\n|\\n)[ \t]{0,64}/g
const endOfRun = /[^\w+/=.-]/g

/** What an encoder broke into lines, `base64` after 76 characters: full lines of nothing else, and the rest of the last. */
function foldsOf(text: string): Fold[] {
  const folds: Fold[] = []
  let pieces: Range[] = []
  const close = (): void => {
    if (pieces.length > 1) folds.push(foldOf(text, pieces))
    pieces = []
  }
  const breaks = new RegExp(lineEnd)
  for (let found = breaks.exec(text); found !== null; found = breaks.exec(text)) {
    let piece = pieces.at(-1)
    if (piece === undefined) {
      let from = found.index
      while (from > 0 && isFolded(text.charCodeAt(from - 1))) from -= 1
      pieces.push((piece = [from, found.index]))
    }
    const [from, to] = piece
    if (to !== found.index || to - from < shortestFold) close()
    else {
      endOfRun.lastIndex = breaks.lastIndex
      const end = endOfRun.exec(text)?.index ?? text.length
      // An escaped line end begins with a character of its own; the run stops before it.
      if (end === breaks.lastIndex) close()
      else pieces.push([breaks.lastIndex, end])
    }
  }
  close()
  return folds
}

function foldOf(text: string, pieces: readonly Range[]): Fold {
  const joined = pieces.map(([from, to]) => text.slice(from, to)).join('')
  return {
    joined,
    at(index) {
      let left = index
      for (const [from, to] of pieces) {
        if (left < to - from) return from + left
        left -= to - from
      }
      return text.length
    },
  }
}

function isFolded(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 43 && code <= 57 && code !== 44) || code === 61 || code === 95
  )
}

/** The first four characters as one number. */
function startOf(text: string): number {
  let key = 0
  for (let index = 0; index < 4; index += 1) key = ((key << 4) ^ (text.charCodeAt(index) & 0xff)) & 0xffff
  return key
}
