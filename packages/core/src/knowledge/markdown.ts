/** A part of a Markdown text that belongs together. */
export interface Block {
  kind: 'heading' | 'fence' | 'table' | 'text' | 'matter'
  /** Its lines as they stand; of a heading none but its own. */
  lines: readonly string[]
  /** Of a heading: 1 to 6, and what it says. */
  level?: number
  title?: string
}

/** Longest line whose form is looked at; what is longer is text. */
const longestForm = 10_000
const fenceStart = /^([ \t]*)(`{3,}|~{3,})/
const blank = /^[ \t]*$/
const underline = /^ {0,3}(=+|-+)[ \t]*$/
const delimiterRow = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const beginsOtherwise = /^ {0,3}(?:[-*+>|]|\d{1,9}[.)])/

/**
 * Cuts a Markdown text where its parts meet: headings of both kinds, fenced code, tables, and paragraphs, which an empty
 * line ends. Every line is in exactly one block, in order, but for the empty ones between them.
 */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  let paragraph: string[] = []
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'text', lines: paragraph })
    paragraph = []
  }
  const add = (block: Block) => {
    endParagraph()
    blocks.push(block)
    return block.lines.length
  }
  let at = matterIn(lines)
  if (at > 0) add({ kind: 'matter', lines: lines.slice(0, at) })
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const form = line.length > longestForm ? '' : line
    const fenced = fencedFrom(lines, at, form)
    const heading = form === '' ? undefined : headingIn(form)
    if (fenced !== undefined) at += add({ kind: 'fence', lines: fenced })
    else if (heading !== undefined) at += add({ kind: 'heading', lines: [line], ...heading })
    else if (isTable(form, lines[at + 1])) at += add({ kind: 'table', lines: rowsFrom(lines, at) })
    else if (isUnderline(form, paragraph)) {
      const title = paragraph.map((part) => part.trim()).join(' ')
      blocks.push({ kind: 'heading', lines: [...paragraph, line], level: form.trim().startsWith('=') ? 1 : 2, title })
      paragraph = []
      at += 1
    } else {
      if (blank.test(line)) endParagraph()
      else paragraph.push(line)
      at += 1
    }
  }
  endParagraph()
  return blocks
}

/** How many lines the front matter takes, where there is one. */
function matterIn(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)[ \t]*$/.test(line))
  // A rule at the top of a text is none that far down ends.
  return end > 0 && end < 200 && lines.slice(1, end).some((line) => /^[\w-]+:/.test(line)) ? end + 1 : 0
}

function headingIn(line: string): { level: number; title: string } | undefined {
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line)?.[1]
  if (marks === undefined) return undefined
  const title = line.slice(line.indexOf('#') + marks.length).trim()
  let end = title.length
  while (title[end - 1] === '#') end -= 1
  // Closing marks stand apart from what they close.
  const isClosed = end === 0 || /[ \t]/.test(title[end - 1] ?? '')
  return { level: marks.length, title: isClosed ? title.slice(0, end).trim() : title }
}

/** From the line a fence opens with to the one it closes with, or to the end; in a list it stands further in, and then it has an end. */
function fencedFrom(lines: readonly string[], start: number, form: string): string[] | undefined {
  const [opening = '', indent = '', fence] = fenceStart.exec(form) ?? []
  if (fence === undefined || (fence.startsWith('`') && form.slice(opening.length).includes('`'))) return undefined
  const closes = new RegExp(`^[ \\t]*[${fence[0]}]{${fence.length},}[ \\t]*$`)
  let end = start + 1
  while (end < lines.length && !closes.test((lines[end] ?? '').slice(0, longestForm))) end += 1
  const isCode = indent.includes('\t') || indent.length > 3
  return isCode && end === lines.length ? undefined : lines.slice(start, end + 1)
}

function isTable(header: string, next: string | undefined): boolean {
  if (next === undefined || next.length > longestForm || !header.includes('|') || !next.includes('|')) return false
  return delimiterRow.test(next)
}

function rowsFrom(lines: readonly string[], start: number): string[] {
  let end = start + 2
  while (end < lines.length && !blank.test(lines[end] ?? '') && (lines[end] ?? '').includes('|')) end += 1
  return lines.slice(start, end)
}

/** Whether a line makes a heading of the paragraph above it. */
function isUnderline(line: string, [first]: readonly string[]): boolean {
  return first !== undefined && !beginsOtherwise.test(first.slice(0, longestForm)) && !/^ {4}|^\t/.test(first) && underline.test(line)
}
