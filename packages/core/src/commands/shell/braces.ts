import { anything, type Word } from './word.ts'

const mostWords = 64

/**
 * The words bash makes of `{a,b}`. `mask` has a `u` for each character of the text that was not quoted.
 * Sequences (`{1..9}`) and too many words come out as anything.
 */
export function expandBraces(word: Word, mask: string): Word[] {
  const texts = expand(word.text, mask, 0)
  if (texts === undefined) return [anything]
  // What comes out empty is no word, unless it was quoted.
  return texts.filter((text) => text !== '' || word.quoted).map((text) => ({ ...word, text }))
}

function expand(text: string, mask: string, depth: number): string[] | undefined {
  if (depth > 16) return undefined
  const group = firstGroup(text, mask)
  if (group === undefined) return [text]
  if (group === 'unclear') return undefined
  const { open, close, commas } = group
  const bounds = [open, ...commas, close]
  const results: string[] = []
  for (let index = 0; index + 1 < bounds.length; index++) {
    const from = bounds[index]! + 1
    const to = bounds[index + 1]!
    const whole = text.slice(0, open) + text.slice(from, to) + text.slice(close + 1)
    const wholeMask = mask.slice(0, open) + mask.slice(from, to) + mask.slice(close + 1)
    const expanded = expand(whole, wholeMask, depth + 1)
    if (expanded === undefined || results.length + expanded.length > mostWords) return undefined
    results.push(...expanded)
  }
  return results
}

interface Group {
  open: number
  close: number
  commas: number[]
}

/** The first pair of braces with a comma of its own; what bash may pair in another way is not expanded. */
function firstGroup(text: string, mask: string): Group | 'unclear' | undefined {
  const open: Group[] = []
  let first: Group | undefined
  let isOdd = false
  for (let index = 0; index < text.length; index++) {
    if (mask[index] !== 'u') continue
    const character = text[index]
    if (character === '{') open.push({ open: index, close: 0, commas: [] })
    else if (character === ',') open.at(-1)?.commas.push(index)
    else if (character === '}') {
      const group = open.pop()
      if (group === undefined || group.commas.length === 0) isOdd = true
      else if (first === undefined || group.open < first.open) first = { ...group, close: index }
    }
  }
  const hasComma = first !== undefined || mask.split('').some((kind, index) => kind === 'u' && text[index] === ',')
  if ((isOdd || open.length > 0) && (hasComma || text.includes('..'))) return 'unclear'
  return first
}
