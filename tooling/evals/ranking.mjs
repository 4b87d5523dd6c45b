import MiniSearch from 'minisearch'

/** @typedef {{ ask: string, tools: string[] }} Question What somebody asks, and the tools any of which answers it. */

// What stands in every question says nothing about which tool answers it.
const filler = new Set(
  'a about again all an and any are as at be by can did do does for from give has have how i in is it its me my of on or show that the there they this to us was what when where which who why will with you'.split(
    ' ',
  ),
)

/**
 * The rank of the first right tool for each question, by BM25 over the names and descriptions a model is shown; undefined where it is not found.
 * @param {readonly { name: string, description: string }[]} tools
 * @param {readonly Question[]} questions
 * @returns {(number | undefined)[]}
 */
export function ranks(tools, questions) {
  const index = new MiniSearch({ idField: 'name', fields: ['name', 'description'], processTerm: stem })
  index.addAll(tools)
  return questions.map(({ ask, tools: right }) => {
    const found = index.search(ask).findIndex(({ id }) => right.includes(id))
    return found === -1 ? undefined : found + 1
  })
}

/**
 * A word without the endings that say nothing: disks and disk, running and run, services and service are one.
 * @param {string} word
 */
function stem(word) {
  const lower = word.toLowerCase()
  if (filler.has(lower)) return null
  if (lower.length <= 3) return lower
  return lower
    .replace(/(?:ing|ed|es|(?<!s)s)$/, '')
    .replace(/e$/, '')
    .replace(/([^aeiou])\1$/, '$1')
}
