/** Where something stands in a text. */
export type Range = readonly [from: number, to: number]

/** Words that say something about a secret and are none themselves. */
const prose = new Set(
  `null nil none undefined true false yes no on off not is was has must too the a an and or for of in from to with required missing
  invalid incorrect wrong expired revoked unknown empty unset set ok failed failure error mismatch cannot could authentication
  authorization login auth signature unsupported malformed rejected denied accepted verified valid changed unchanged updated
  rotated created deleted removed refreshed disabled enabled optional basic bearer default string`.split(/\s+/),
)

/** What is known of the name a value stands behind. */
export interface Where {
  name: string
  /** The name and what parts it from its value. */
  head: string
  /** Where the name begins. */
  at: number
  by: string
}

/** Where the value begins and ends whose place begins at `start`. */
export function valueAt(text: string, start: number, where: Where): Range {
  const structure = /[[{]/.test(text[start] ?? '') && !text.startsWith(where.by, start) ? structureAt(text, start, where.by) : undefined
  if (structure !== undefined) return structure
  const quote = /\\{0,8}["'`]/y
  quote.lastIndex = start
  const opening = quote.exec(text)?.[0]
  if (opening !== undefined) return [start + opening.length, endOfQuoted(text, start + opening.length, opening)]

  const before = text.slice(Math.max(0, where.at - 80), where.at)
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const startsLine = line.length < 80 && /^\s*(?:-\s+)?(?:export |ENV |set )?["']?$/.test(line)
  const around = /["'`]$/.exec(line)?.[0]
  if (/authorization|cookie/i.test(where.name)) {
    const end = stopAt(text, start, /["'`\n]/g)
    return [isProse(text.slice(start, Math.min(end, start + 24))) ? end : start, end]
  }
  // The whole pair stands in quotes, as in a container's environment: "DB_PASSWORD=x y".
  if (around !== undefined && !/["']/.test(where.head)) return [start, stopAt(text, start, around === '"' ? /["\n]/g : /['`\n]/g)]
  const isAssignment = where.head.trimEnd().endsWith('=')
  const isVariable = where.name === where.name.toUpperCase()
  if (startsLine && (!isAssignment || isVariable || /\s=|=\s/.test(where.head)))
    return lineAt(text, start, /^\s*/.exec(line)?.[0].length ?? 0)
  const to = startsLine ? stopAt(text, start, /\s/g) : endOfWord(text, start, where.by)
  return [start, isProse(text.slice(start, to)) ? start : to]
}

/** A record has names of its own; a list of strings or bytes is withheld as far as it goes on its line. */
function structureAt(text: string, start: number, by: string): Range | undefined {
  if (text.startsWith(`[${by}`, start)) return [start, start]
  const list = /\[[ \t]{0,16}(?:\\{0,8}["']|\d{1,3},)[^\]\n]{0,65536}/y
  list.lastIndex = start
  if (list.test(text)) return [start + 1, list.lastIndex]
  const record = /[[{][ \t]{0,16}(?:[\]}\n\r]|$|\\{0,8}["']|[\w.-]{1,128}[ \t]{0,16}[:=]|\{)/y
  record.lastIndex = start
  return record.test(text) ? [start, start] : undefined
}

/** A value to the end of its line, or the lines of a block that stand deeper than its key. */
function lineAt(text: string, start: number, indent: number): Range {
  const end = stopAt(text, start, /\n/g)
  const line = text.slice(start, end)
  if (!/^[|>][+-]?\d?\s*$/.test(line)) {
    if (isProse(/^\S*/.exec(line.slice(0, 64))?.[0] ?? '')) return [start, start]
    const comment = line.search(/\s#/)
    return [start, start + (comment < 0 ? line : line.slice(0, comment)).trimEnd().length]
  }
  const deeper = new RegExp(String.raw`\n(?:[ \t]*(?=\n|$)| {${indent + 1}}[^\n]*)`, 'y')
  let to = end
  for (deeper.lastIndex = end; deeper.test(text); deeper.lastIndex = to) to = deeper.lastIndex
  const block = text.slice(end, to)
  return [to - block.trimStart().length, to - (block.length - block.trimEnd().length)]
}

function isProse(value: string): boolean {
  return value.length < 24 && prose.has(value.toLowerCase().replace(/[,.!?:;]+$/, ''))
}

/** An unfinished string ends with its line. */
function endOfQuoted(text: string, start: number, opening: string): number {
  const quote = opening.at(-1)
  const escapes = opening.length - 1
  let backslashes = 0
  for (let index = start; index < text.length; index += 1) {
    const sign = text[index]
    if (sign === '\n') return index
    // As many backslashes as before the opening quote, in JSON within JSON; more of them belong to the value.
    if (sign === quote && (escapes === 0 ? backslashes % 2 === 0 : backslashes <= escapes)) return index - Math.min(backslashes, escapes)
    backslashes = sign === '\\' ? backslashes + 1 : 0
  }
  return text.length
}

/** Where one of these signs stands next, or the end. */
export function stopAt(text: string, start: number, stop: RegExp): number {
  stop.lastIndex = start
  return stop.exec(text)?.index ?? text.length
}

/** Closing brackets behind a word are not of it, unless they are those of a secret already taken out. */
function endOfWord(text: string, start: number, by: string): number {
  let end = stopAt(text, start, /[\s"'`,;&]/g)
  while (end > start && /[)}\]>]/.test(text[end - 1] ?? '') && !text.endsWith(by, end)) end -= 1
  return end
}
