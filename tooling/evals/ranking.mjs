import MiniSearch from 'minisearch'
import { stem } from 'porter2'
import { filler, shapes, synonyms } from './vocabulary.mjs'

/**
 * @typedef {{ name: string, description: string, inputSchema?: { properties?: Record<string, Input> }, annotations?: { readOnlyHint?: boolean } }} Tool A tool as it is listed over MCP.
 * @typedef {{ description?: string, enum?: string[] }} Input
 */

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

const meanings = synonyms.flatMap(([means, said]) => said.split(', ').map((phrase) => ({ phrase: inStems(phrase), means: telling(means) })))

/**
 * Ranks tools for a question by the words a model is shown of them: the names of those any word leads to, best first.
 * @param {readonly Tool[]} tools
 * @returns {(question: string) => string[]}
 */
export function rankingOf(tools) {
  const index = new MiniSearch({
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
      boostDocument: (name) => (asked && writes.has(name) ? writeWhereAsked : 1),
    })
    return found.map(({ id }) => String(id))
  }
}

/**
 * What each word a question says or means is worth.
 * @param {string} question
 * @returns {Map<string, number>}
 */
function weightsOf(question) {
  const shown = shapes.filter(({ shape }) => shape.test(question))
  const text = shown.reduce((rest, { shape }) => rest.replace(shape, ' '), question)
  const stems = inStems(text.replace(compound, ' '))
  const meant = meanings.filter(({ phrase }) => stems.includes(phrase)).flatMap(({ means }) => means)
  return new Map([
    ...[...shown.flatMap(({ means }) => telling(means)), ...meant].map((word) => /** @type {const} */ ([word, worth.meant])),
    ...telling(text).map((word) => /** @type {const} */ ([word, worth.said])),
  ])
}

/**
 * @param {Tool} tool
 * @param {string} field
 */
function textOf({ name, description, inputSchema }, field) {
  if (field === 'name') return name
  if (field === 'description') return description
  return Object.entries(inputSchema?.properties ?? {})
    .filter(([input]) => !shared.has(input))
    .flatMap(([input, { description: told = '', enum: values = [] }]) => [input, told, ...values])
    .join(' ')
}

/**
 * The stems of a text in a row, so that a phrase is found in it whatever its endings.
 * @param {string} text
 */
function inStems(text) {
  return ` ${wordsOf(text)
    .map((word) => stem(word))
    .join(' ')} `
}

/**
 * The stems of those words of a text that tell one question from another.
 * @param {string} text
 */
function telling(text) {
  return wordsOf(text)
    .filter((word) => !filler.has(word))
    .map((word) => stem(word))
}

/** @param {string} text */
function wordsOf(text) {
  return (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'\p{L}+)?/gu) ?? []
  )
}
