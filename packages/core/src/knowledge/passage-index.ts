import { createPostings } from './postings.ts'
import { wordsOf } from './words.ts'

/** The words of passages, and no passage: where something stands, it is read again. */
export interface PassageIndex {
  /** The version each source was indexed in. */
  readonly versions: ReadonlyMap<string, string>
  /** How many passages there are. */
  readonly size: number
  /** Whether more is gone than there is: then it is made anew. */
  readonly isWorn: boolean
  put(source: string, version: string, passages: readonly IndexedPassage[]): void
  drop(source: string): void
  /** Where the passages stand that answer a question, best first, of the sources that may be read. */
  search(query: string, limit: number, mayRead: (source: string) => boolean): readonly Place[]
  /** Whether a word, in any of its forms, is one of a question or stands for one of it. */
  matcherOf(query: string): (word: string) => boolean
}

/** What is indexed of a passage. */
export interface IndexedPassage {
  source: string
  headings: readonly string[]
  text: string
}

/** A passage by its source, and which of those it is. */
export interface Place {
  source: string
  ordinal: number
}

// Okapi BM25: how soon a word said often says nothing new, and how much a long passage is held against it.
const [saturation, lengthWeight] = [1.2, 0.75]
/** A word of a heading says more than one of the text. */
const headingWeight = 3
/** What is much worse than the best is beside the point. */
const leastOfBest = 0.1
const mostStems = 50_000
/** Words of a question that are looked for. */
const mostAsked = 64

interface Ranked {
  id: number
  worth: number
}

/** Makes an empty index; the stemmer is loaded with the first. */
export async function createPassageIndex(): Promise<PassageIndex> {
  const { stem } = await import('../libraries/porter2.ts')
  const stemOf = remembered((word) => (/^[a-z']+$/.test(word) ? stem(word) : word))
  const postings = createPostings()
  const versions = new Map<string, string>()
  const idsOf = new Map<string, { first: number; count: number }>()
  /** By passage: its source, or undefined once it is gone. */
  const sources: (string | undefined)[] = []
  const lengths: number[] = []
  let size = 0
  let words = 0

  function put(source: string, version: string, passages: readonly IndexedPassage[]): void {
    drop(source)
    idsOf.set(source, { first: sources.length, count: passages.length })
    versions.set(source, version)
    for (const passage of passages) {
      const counts = new Map<string, number>()
      const count = (text: string, weight: number) => {
        const found = wordsOf(text)
        for (const word of found) {
          const root = stemOf(word)
          counts.set(root, (counts.get(root) ?? 0) + weight)
        }
        return found.length
      }
      const length = count(passage.text, 1) + count(passage.headings.join(' '), headingWeight) + count(passage.source, 1)
      for (const [word, times] of counts) postings.add(word, sources.length, times)
      sources.push(source)
      lengths.push(length)
      words += length
    }
    size += passages.length
  }

  function drop(source: string): void {
    const { first, count } = idsOf.get(source) ?? { first: 0, count: 0 }
    for (let id = first; id < first + count; id += 1) {
      words -= lengths[id] ?? 0
      sources[id] = undefined
    }
    size -= count
    idsOf.delete(source)
    versions.delete(source)
  }

  /** What the passages are worth that have any of the words, each of which counts once. */
  function ranked(asked: readonly (readonly string[])[], mayRead: (source: string) => boolean): Ranked[] {
    const average = words / Math.max(1, size)
    const worths = new Float64Array(sources.length)
    const has = new Uint8Array(sources.length)
    const readable = new Map<string, boolean>()
    const isReadable = (id: number): boolean => {
      const source = sources[id]
      if (source === undefined) return false
      const known = readable.get(source) ?? mayRead(source)
      readable.set(source, known)
      return known
    }
    for (const forms of asked.slice(0, mostAsked)) {
      const times = new Uint16Array(sources.length)
      for (const form of forms) postings.each(form, (id, count) => void (times[id] = (times[id] ?? 0) + count))
      let holders = 0
      for (let id = 0; id < times.length; id += 1)
        if (times[id] !== 0 && isReadable(id)) holders += 1
        else times[id] = 0
      if (holders === 0) continue
      const rarity = Math.log(1 + (size - holders + 0.5) / (holders + 0.5))
      for (let id = 0; id < times.length; id += 1) {
        const count = times[id] ?? 0
        if (count === 0) continue
        const length = 1 - lengthWeight + (lengthWeight * (lengths[id] ?? 0)) / average
        worths[id] = (worths[id] ?? 0) + (rarity * count * (saturation + 1)) / (count + saturation * length)
        has[id] = (has[id] ?? 0) + 1
      }
    }
    const found: Ranked[] = []
    // What has more of the words answers more of the question.
    for (let id = 0; id < has.length; id += 1) if (has[id] !== 0) found.push({ id, worth: (worths[id] ?? 0) * (has[id] ?? 0) })
    return found
  }

  const asIs = (query: string) => [...new Set(wordsOf(query).map(stemOf))].map((word) => [word])
  /** Where the words themselves lead nowhere, words they may be mistyped for. */
  const asMeant = (query: string) => asIs(query).map(([word = '']) => (postings.has(word) ? [word] : postings.near(word)))
  const anyOf = (asked: readonly (readonly string[])[], mayRead: (source: string) => boolean) => {
    const found = ranked(asked, mayRead)
    return found.length > 0 ? found : undefined
  }

  return {
    versions,
    get size() {
      return size
    },
    get isWorn() {
      return sources.length > 1_000 + 2 * size
    },
    put,
    drop,
    search(query, limit, mayRead) {
      const found = anyOf(asIs(query), mayRead) ?? ranked(asMeant(query), mayRead)
      const best = found.toSorted((first, second) => second.worth - first.worth || first.id - second.id).slice(0, limit)
      const least = (best[0]?.worth ?? 0) * leastOfBest
      return best
        .filter(({ worth }) => worth >= least)
        .flatMap(({ id }) => {
          const source = sources[id]
          return source === undefined ? [] : [{ source, ordinal: id - (idsOf.get(source)?.first ?? 0) }]
        })
    },
    matcherOf: (query) => {
      const wanted = new Set([...asIs(query), ...asMeant(query)].flat())
      return (word) => wanted.has(stemOf(word))
    },
  }
}

function remembered(make: (word: string) => string): (word: string) => string {
  const known = new Map<string, string>()
  return (word) => {
    const made = known.get(word)
    if (made !== undefined) return made
    if (known.size >= mostStems) known.clear()
    const fresh = make(word)
    known.set(word, fresh)
    return fresh
  }
}
