import type { FoundPassage, Passage } from './passage.ts'
import { wordsOf } from './words.ts'

/** Passages of many sources, found by their words (BM25). */
export interface PassageIndex {
  /** The version each source was indexed in. */
  readonly versions: ReadonlyMap<string, string>
  /** How many passages there are. */
  readonly size: number
  put(source: string, version: string, passages: readonly Passage[]): void
  drop(source: string): void
  /** The passages a reader may see that answer a question, best first. */
  search(query: string, limit: number, mayRead: (passage: Passage) => boolean): readonly FoundPassage[]
}

const boost = { headings: 2, source: 1, text: 1 }
/** What is much worse than the best is beside the point. */
const leastOfBest = 0.25
/** Longest part of a passage that is shown. */
const longestShown = 1_400

/** Makes an empty index; the library is loaded with the first. */
export async function createPassageIndex(): Promise<PassageIndex> {
  const [{ MiniSearch }, { stem }] = await Promise.all([import('../libraries/minisearch.ts'), import('../libraries/porter2.ts')])
  const stems = new Map<string, string>()
  const stemOf = (word: string): string => {
    const known = stems.get(word)
    if (known !== undefined) return known
    const made = /^[a-z]+$/.test(word) ? stem(word) : word
    stems.set(word, made)
    return made
  }
  const index = new MiniSearch<Passage & { id: number }>({
    fields: Object.keys(boost),
    extractField: (passage, field) =>
      field === 'id' ? passage.id : field === 'headings' ? passage.headings.join(' ') : passage[field as 'source' | 'text'],
    tokenize: wordsOf,
    processTerm: stemOf,
  })
  const passages = new Map<number, Passage>()
  const sources = new Map<string, { version: string; ids: readonly number[] }>()
  let next = 0

  const drop = (source: string) => {
    for (const id of sources.get(source)?.ids ?? []) {
      index.discard(id)
      passages.delete(id)
    }
    sources.delete(source)
  }

  return {
    get versions() {
      return new Map([...sources].map(([source, { version }]) => [source, version]))
    },
    get size() {
      return passages.size
    },
    put(source, version, given) {
      drop(source)
      const ids = given.map((passage) => {
        const id = (next += 1)
        passages.set(id, passage)
        index.add({ ...passage, id })
        return id
      })
      sources.set(source, { version, ids })
    },
    drop,
    search(query, limit, mayRead) {
      const filter = ({ id }: { id: number }) => mayRead(passages.get(id)!)
      const exact = index.search(query, { boost, filter })
      // What was mistyped, or is said in another form, is looked for where the words themselves lead nowhere.
      const found = exact.length > 0 ? exact : index.search(query, { boost, filter, prefix: (word) => word.length > 3, fuzzy: 0.3 })
      const least = (found[0]?.score ?? 0) * leastOfBest
      const asked = new Set(wordsOf(query).map(stemOf))
      return found
        .filter(({ score }) => score >= least)
        .slice(0, limit)
        .map(({ id, terms }) => {
          const { source, headings, text } = passages.get(id)!
          return { source, headings, text: shownOf(text, (line) => countIn(line, new Set([...asked, ...terms]), stemOf)) }
        })
    },
  }
}

function countIn(line: string, asked: ReadonlySet<string>, stemOf: (word: string) => string): number {
  return new Set(
    wordsOf(line)
      .map(stemOf)
      .filter((word) => asked.has(word)),
  ).size
}

/** The part of a long passage around the line that says most of what was asked for. */
function shownOf(text: string, worth: (line: string) => number): string {
  if (text.length <= longestShown) return text
  const lines = text.split('\n')
  const worths = lines.map(worth)
  const best = worths.indexOf(Math.max(...worths))
  let [start, end] = [best, best + 1]
  let length = lines[best]?.length ?? 0
  while (start > 0 || end < lines.length) {
    const [before, after] = [lines[start - 1], lines[end]]
    const isBefore = before !== undefined && (after === undefined || best - start <= end - best)
    const line = isBefore ? before : after
    if (line === undefined || length + line.length > longestShown) break
    length += line.length + 1
    if (isBefore) start -= 1
    else end += 1
  }
  const shown = lines.slice(start, end).join('\n')
  return [start > 0 ? '…' : '', shown.slice(0, longestShown), end < lines.length || shown.length > longestShown ? '…' : '']
    .filter((part) => part !== '')
    .join('\n')
}
