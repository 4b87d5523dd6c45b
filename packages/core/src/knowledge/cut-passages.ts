import { blocksOf, type Block } from './markdown.ts'
import type { FoundPassage } from './passage.ts'

/** Parts are put together up to this many characters; about 400 tokens. */
const wanted = 1_600
/** Code and tables stay whole up to this many; what is longer is cut at lines, and still reads as code or table. */
const longest = 8_000
const longestHeading = 120

/** Cuts a Markdown text into passages at its headings, each under the headings it stands under. */
export function cutPassages(text: string): Pick<FoundPassage, 'headings' | 'text'>[] {
  const passages: Pick<FoundPassage, 'headings' | 'text'>[] = []
  const path: string[] = []
  let headings: readonly string[] = []
  let parts: string[] = []
  let length = 0
  /** Whether anything stands under the latest heading; one that leads to nothing still says something. */
  let isBare = false
  const end = () => {
    if (parts.length > 0 || isBare) passages.push({ headings, text: parts.join('\n\n') })
    parts = []
    length = 0
    isBare = false
  }
  for (const block of blocksOf(text)) {
    if (block.kind === 'heading') {
      const level = block.level ?? 1
      if (isBare && level > path.length) isBare = false
      end()
      path.length = Math.min(path.length, level - 1)
      while (path.length < level - 1) path.push('')
      path.push(shortened(block.title ?? ''))
      headings = path.filter((heading) => heading !== '')
      isBare = headings.length > 0
      continue
    }
    for (const piece of piecesOf(block)) {
      if (length > 0 && length + piece.length > wanted) end()
      parts.push(piece)
      length += piece.length
      isBare = false
    }
  }
  end()
  return passages
}

/** A block whole, or, where it is too long, in pieces that each read as what they are a part of. */
function piecesOf({ kind, lines }: Block): string[] {
  const whole = lines.join('\n')
  if (whole.length <= (kind === 'text' || kind === 'matter' ? wanted : longest)) return [whole]
  if (kind === 'table') return grouped(lines.slice(2), longest).map((rows) => [...lines.slice(0, 2), ...rows].join('\n'))
  if (kind === 'fence') {
    const [opening = ''] = lines
    const fence = /^ {0,3}(`+|~+)/.exec(opening)?.[1] ?? '```'
    const isClosed = lines.length > 1 && (lines.at(-1) ?? '').trim().startsWith(fence)
    const code = lines.slice(1, isClosed ? -1 : undefined)
    return grouped(code, longest).map((part) => [opening, ...part, fence].join('\n'))
  }
  return grouped(lines, wanted).map((part) => part.join('\n'))
}

/** Lines in groups of a bounded length; a line that is longer than that is cut between words. */
function grouped(lines: readonly string[], bound: number): string[][] {
  const groups: string[][] = []
  let group: string[] = []
  let length = 0
  for (const line of lines.flatMap((whole) => cutLine(whole, bound))) {
    if (group.length > 0 && length + line.length > bound) {
      groups.push(group)
      group = []
      length = 0
    }
    group.push(line)
    length += line.length + 1
  }
  return group.length > 0 ? [...groups, group] : groups
}

function cutLine(line: string, bound: number): string[] {
  const parts: string[] = []
  let start = 0
  while (line.length - start > bound) {
    const space = line.lastIndexOf(' ', start + bound)
    const end = space > start + bound / 2 ? space : betweenCharacters(line, start + bound)
    parts.push(line.slice(start, end))
    start = end
  }
  return [...parts, line.slice(start)]
}

function betweenCharacters(text: string, index: number): number {
  const before = text.charCodeAt(index - 1)
  return before >= 0xd800 && before < 0xdc00 ? index - 1 : index
}

function shortened(heading: string): string {
  return heading.length > longestHeading ? `${heading.slice(0, betweenCharacters(heading, longestHeading - 1))}…` : heading
}
