/** What a script printed, by section. */
export interface Sections {
  has(name: string): boolean
  /** What stands in a section; nothing where there is none. */
  text(name: string): string
  /** Its lines without the empty ones. */
  lines(name: string): string[]
  /** The sections whose names begin so, with the rest of the name. */
  below(prefix: string): { name: string; text: string }[]
}

/** Takes the output of a script apart; undefined where it did not come to its end. */
export function parseSections(output: string, mark: string): Sections | undefined {
  const found = new Map<string, string>()
  // The mark was made for this one call: nothing the host says can hold it by chance or by intent.
  const pieces = `\n${output}`.split(`\n${mark} `).slice(1)
  for (const piece of pieces) {
    const end = piece.indexOf('\n')
    const name = end === -1 ? piece : piece.slice(0, end)
    found.set(name, end === -1 ? '' : piece.slice(end + 1))
  }
  return found.has('end') ? sectionsOf(found) : undefined
}

function sectionsOf(found: ReadonlyMap<string, string>): Sections {
  const text = (name: string) => found.get(name) ?? ''
  return {
    has: (name) => found.has(name),
    text,
    lines: (name) => linesOf(text(name)),
    below: (prefix) =>
      [...found].flatMap(([name, content]) => (name.startsWith(prefix) ? [{ name: name.slice(prefix.length), text: content }] : [])),
  }
}

/** The lines of a text without the empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** Lines `key=value` as a record. */
export function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).flatMap((line) => {
      const at = line.indexOf('=')
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )
}

/** Blocks of lines `key=value`, parted by empty lines. */
export function blocksOf(text: string): Record<string, string>[] {
  return text
    .split(/\n\s*\n/)
    .map(pairsOf)
    .filter((block) => Object.keys(block).length > 0)
}

/** A number in a text; undefined where it is none. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
