import type { ToolListing } from '../call/surface.ts'
import { recordIn } from './inputs.ts'
import { filler, shapes, synonyms } from './vocabulary.ts'

/** What is ranked: a tool by the words a model is shown of it. */
export type RankedTool = Pick<ToolListing, 'name' | 'description'> & Partial<Pick<ToolListing, 'inputSchema' | 'annotations'>>

/** The names of the tools any word of a question leads to, best first. */
export type Rank = (question: string) => string[]

/** What somebody else says of a tool in more words than that is not looked through. */
const longestText = 5_000

// A name is chosen with more care than a sentence, and an input is beside the point.
const boost = { name: 1.5, description: 1, inputs: 0.3 }
// A word that was said is worth more than one it may stand for.
const worth = { said: 1, meant: 0.5 }
// Who asks does not want anything changed.
const writeWhereAsked = 0.3
const asks =
  /(?:^|[,.;:!?])\s*(?:any|are|am|can(?! you)|did|do|does|has|have|how|is|list|show|was|were|what|when|where|which|who|whose|why|will)(?:'s)?\b/i
// Inputs many tools share tell none from another.
const shared = new Set(['confirm', 'cursor', 'instance', 'limit'])
// nfs-server and docker01.lan name something: the words in them mean nothing beyond themselves.
const compound = /\S*\w[-_.]\w\S*/g

/** Makes the ranking of tools for questions; what it takes is loaded with the first. */
export async function openRanking(): Promise<(tools: readonly RankedTool[]) => Rank> {
  const [{ MiniSearch }, { stem }] = await Promise.all([import('../libraries/minisearch.ts'), import('../libraries/porter2.ts')])

  /** The stems of a text in a row, so that a phrase is found in it whatever its endings. */
  const inStems = (text: string) => ` ${wordsOf(text).map(stem).join(' ')} `
  /** The stems of those words of a text that tell one question from another. */
  const telling = (text: string) =>
    wordsOf(text)
      .filter((word) => !filler.has(word))
      .map(stem)
  const meanings = synonyms.flatMap(([means, said]) =>
    said.split(', ').map((phrase) => ({ phrase: inStems(phrase), means: telling(means) })),
  )

  /** What each word a question says or means is worth. */
  function weightsOf(question: string): Map<string, number> {
    const shown = shapes.filter(({ shape }) => shape.test(question))
    const text = shown.reduce((rest, { shape }) => rest.replace(shape, ' '), question)
    const stems = inStems(text.replace(compound, ' '))
    const meant = meanings.filter(({ phrase }) => stems.includes(phrase)).flatMap(({ means }) => means)
    return new Map([
      ...[...shown.flatMap(({ means }) => telling(means)), ...meant].map((word) => [word, worth.meant] as const),
      ...telling(text).map((word) => [word, worth.said] as const),
    ])
  }

  return (tools) => {
    const index = new MiniSearch<RankedTool>({
      idField: 'name',
      fields: Object.keys(boost),
      extractField: textOf,
      tokenize: telling,
      processTerm: (stemmed) => stemmed,
    })
    index.addAll(tools)
    const writes = new Set(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name))
    return (question) => {
      const weights = weightsOf(question)
      const asked = asks.test(question)
      const found = index.search(question, {
        boost,
        tokenize: () => [...weights.keys()],
        boostTerm: (word) => weights.get(word) ?? 0,
        boostDocument: (name: unknown) => (asked && writes.has(String(name)) ? writeWhereAsked : 1),
      })
      return found.map(({ id }) => String(id))
    }
  }
}

function textOf({ name, description, inputSchema }: RankedTool, field: string): string {
  if (field === 'name') return name
  if (field === 'description') return description.slice(0, longestText)
  return Object.entries(recordIn(inputSchema?.['properties']))
    .filter(([input]) => !shared.has(input))
    .flatMap(([input, given]) => {
      const property = recordIn(given)
      const values = property['enum']
      return [input, property['description'], ...(Array.isArray(values) ? values : [])].filter((text) => typeof text === 'string')
    })
    .join(' ')
    .slice(0, longestText)
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'\p{L}+)?/gu) ?? []
  )
}
