/** No result costs more than this, whoever asks. */
const hardCapTokens = 10_000

/** How a rendered output is brought within what a model is given. */
export interface BudgetOptions {
  /** Tokens the text may cost; 2,000 when not given, never more than 10,000. */
  tokens?: number
  /** How to ask for less, said after what was left out: `narrow with name or state`. */
  narrowing?: string
  /** Which end of a long text or list matters; `tail` for logs. */
  keep?: 'head' | 'tail'
  /** Put around the text, but not around the line about what was left out. */
  wrap?: (text: string) => string
  /** Tokens of the budget that are kept for the line about what was left out, where there is one. */
  reserve?: number
}

/**
 * Estimates what a text costs a model, rather too much than too little: letters by four, digits by two, signs by three
 * where they stand together, a line break one, a space before a word nothing and before a number one, whatever is beyond
 * ASCII one per UTF-16 unit. What the tools of the simulated lab answer comes to 1.0 to 1.4 of what the o200k vocabulary counts.
 */
export function estimateTokens(text: string): number {
  return measure(text, Number.POSITIVE_INFINITY, 'head').tokens
}

/** Renders an output within a budget; whatever is left out, the last line says so and how to narrow. */
export function fitToBudget(output: unknown, render: (output: unknown) => string, options: BudgetOptions = {}): string {
  const { narrowing = '', keep = 'head', wrap = (text: string) => text, reserve = 0 } = options
  const room = Math.max(1, Math.min(options.tokens ?? 2_000, hardCapTokens - 300) - estimateTokens(wrap('')))
  const limit = Math.max(1, room - reserve)
  const fits = (text: string): boolean => measure(text, limit, keep).whole
  const whole = render(output)
  if (measure(whole, room, keep).whole) return wrap(whole)

  const shortened = shortenLists(output, whole, render, fits, limit, keep)
  const left = [...shortened.left]
  let text = shortened.text
  if (!fits(text)) {
    const cut = cutText(text, limit, keep)
    left.push(cut.left)
    text = cut.text
  }
  const note = [left.join(', '), narrowing].filter((part) => part !== '').join('; ')
  return `${wrap(text)}\n${cutText(note, 250, 'head').text}`
}

interface Shortened {
  text: string
  /** `12 of 500 rows shown`, for each list that was shortened. */
  left: string[]
}

/** Caps every list at the same length, the greatest with which the text fits: the longest give most, and none is lost to another. */
function shortenLists(
  output: unknown,
  whole: string,
  render: (output: unknown) => string,
  fits: (text: string) => boolean,
  limit: number,
  keep: 'head' | 'tail',
): Shortened {
  const cut = (value: unknown, { path, length }: List, cap: number) =>
    length <= cap ? value : withList(value, path, (list) => (keep === 'head' ? list.slice(0, cap) : list.slice(length - cap)))
  // What the text does not show need not be shortened, nor told of.
  const lists = listsIn(output, []).filter((list) => render(cut(output, list, 1)) !== whole)
  const [longest] = lists
  if (longest === undefined) return { text: whole, left: [] }
  const attempt = (cap: number): Shortened => ({
    text: render(lists.reduce((value, list) => cut(value, list, cap), output)),
    left: lists.flatMap(({ path, length }) =>
      length <= cap ? [] : [`${cap} of ${length} ${lists.length > 1 ? path.join('.') : 'rows'} shown`],
    ),
  })
  let best = attempt(1)
  if (!fits(best.text)) return best
  // A row costs a token at the very least.
  let [low, high] = [1, Math.min(longest.length, limit + 1)]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    const tried = attempt(middle)
    if (fits(tried.text)) [low, best] = [middle, tried]
    else high = middle
  }
  return best
}

interface List {
  path: string[]
  length: number
}

/** Every list of more than one item that can be reached through objects alone, longest first. */
function listsIn(value: unknown, path: string[]): List[] {
  if (Array.isArray(value)) return value.length > 1 ? [{ path, length: value.length }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .flatMap(([key, item]) => listsIn(item, [...path, key]))
    .toSorted((a, b) => b.length - a.length)
}

function withList(value: unknown, path: readonly string[], change: (list: readonly unknown[]) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value as readonly unknown[])
  const record = value as Record<string, unknown>
  return { ...record, [key]: withList(record[key], rest, change) }
}

/** Cuts at a line where that keeps at least half, else between two characters. */
function cutText(text: string, limit: number, keep: 'head' | 'tail'): { text: string; left: string } {
  const { whole, units } = measure(text, limit, keep)
  if (whole) return { text, left: '' }
  const half = units / 2
  if (keep === 'head') {
    const line = text.lastIndexOf('\n', units)
    const end = line >= half ? line : betweenCharacters(text, units, -1)
    return { text: text.slice(0, end), left: told('first', text, end, line >= half ? lines(text.slice(0, end)) : 0) }
  }
  const start = text.length - units
  const line = text.indexOf('\n', start - 1) + 1
  const atLine = line > 0 && text.length - line >= half
  const begin = atLine ? line : betweenCharacters(text, start, 1)
  return { text: text.slice(begin), left: told('last', text, text.length - begin, atLine ? lines(text.slice(begin)) : 0) }
}

function told(which: string, text: string, units: number, lineCount: number): string {
  return lineCount > 0 ? `${which} ${lineCount} of ${lines(text)} lines shown` : `${which} ${units} of ${text.length} characters shown`
}

function lines(text: string): number {
  let count = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function betweenCharacters(text: string, index: number, step: 1 | -1): number {
  const [before, after] = [text.charCodeAt(index - 1), text.charCodeAt(index)]
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000 ? index + step : index
}

const kinds = { space: 0, letter: 1, digit: 2, sign: 3, other: 4 } as const

/** Counts from one end until the limit is passed, so that a huge text costs no more than what fits of it. */
function measure(text: string, limit: number, from: 'head' | 'tail'): { tokens: number; units: number; whole: boolean } {
  let tokens = 0
  let kind = -1
  let run = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(from === 'head' ? index : text.length - 1 - index)
    const next = kindOf(unit)
    run = next === kind ? run + 1 : 1
    // A word is one token with the space before it, a number is not.
    const [before, after] = from === 'head' ? [kind, next] : [next, kind]
    if (before === kinds.space && after === kinds.digit) tokens += 1
    kind = next
    if (next === kinds.letter) tokens += run % 4 === 1 ? 1 : 0
    else if (next === kinds.digit) tokens += run % 2
    else if (next === kinds.sign) tokens += run % 3 === 1 ? 1 : 0
    else if (next === kinds.space) tokens += run % 4 === 2 ? 1 : 0
    else tokens += 1
    if (tokens > limit) return { tokens, units: index, whole: false }
  }
  return { tokens, units: text.length, whole: true }
}

function kindOf(unit: number): number {
  if (unit === 32) return kinds.space
  if (unit >= 48 && unit <= 57) return kinds.digit
  if ((unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)) return kinds.letter
  return unit > 32 && unit < 127 ? kinds.sign : kinds.other
}
