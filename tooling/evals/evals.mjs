// Prints how often the words of a question alone lead to the tool that answers it. --check holds it to result.json, --update writes that anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { shapes, synonyms } from '../../packages/core/dist/search/vocabulary.js'
import { serviceOf, withHub } from '../bench/tool-lists.mjs'
import { toldTo } from '../bootstrap/program.mjs'

/**
 * @typedef {{ questions: number, first: number, firstThree: number }} Score
 * @typedef {{ ask: string, tools: string[] }} Question What somebody asks, and the tools any of which answers it.
 */

const { values: told } = toldTo({
  command: 'npm run evals --',
  does: 'Prints how often the words of a question alone lead to the tool that answers it.',
  options: {
    check: { type: 'boolean', says: 'holds the figures to result.json' },
    update: { type: 'boolean', says: 'writes result.json anew' },
  },
})
const file = new URL('result.json', import.meta.url)
const fewest = 80

const vocabulary = [...synonyms.map(([means]) => means), ...shapes.map(({ means }) => means)]
const words = new Set(vocabulary.flatMap((means) => means.split(' ')))
const everything = [...questionsIn('questions.json'), ...questionsIn('held-out.json')].map(({ ask }) => ask)
const { tools, found } = await searched([...everything, ...words])
const asked = answered('questions.json')
// No description is written with these in view, so their misses are not shown: they tell what the others' figures are worth.
const heldOut = answered('held-out.json')
const result = { asked: scoreOf(asked), heldOut: scoreOf(heldOut) }
const problems = flaws()

row('', 'questions', 'first', 'first three')
for (const service of new Set(tools.map(({ name }) => serviceOf(name))))
  scoreRow(service, scoreOf(asked.filter(({ right }) => serviceOf(right[0] ?? '') === service)))
scoreRow('all', result.asked)
scoreRow('held out', result.heldOut)

const missed = asked.filter(({ rank }) => rank > 3)
if (missed.length > 0) console.log('\nNot in the first three:')
for (const { rank, ask, right } of missed)
  console.log(`  ${(rank === Infinity ? 'no' : String(rank)).padStart(3)}  ${ask}  (${right.join(', ')})`)

if (told.update === true) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
if (told.check === true) problems.push(...drops())
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** @param {string} name */
function answered(name) {
  return questionsIn(name).map(({ ask, tools: right }) => {
    const before = (found.get(ask) ?? []).findIndex((tool) => right.includes(tool))
    return { ask, right, rank: before === -1 ? Infinity : before + 1 }
  })
}

/**
 * @param {string} name
 * @returns {Question[]}
 */
function questionsIn(name) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}

/**
 * What the hub's own search answers, as a model would be answered, and every tool there is.
 * @param {readonly string[]} queries
 */
function searched(queries) {
  return withHub(async (catalogue, caller) => {
    /** @type {Map<string, string[]>} */
    const answers = new Map()
    for (const query of queries) {
      const answer = await catalogue.call({ caller, exposure: 'search', name: 'search_tools', input: { query, limit: 20 } })
      if (answer.kind !== 'done') throw new Error(`search_tools did not answer '${query}': ${answer.text}`)
      const { tools: best } = /** @type {{ tools: { name: string }[] }} */ (answer.output)
      answers.set(
        query,
        best.map((tool) => tool.name),
      )
    }
    return { tools: [...catalogue.list({ caller })], found: answers }
  })
}

/**
 * @param {readonly { rank: number }[]} answers
 * @returns {Score}
 */
function scoreOf(answers) {
  const within = (/** @type {number} */ best) => answers.filter(({ rank }) => rank <= best).length
  return { questions: answers.length, first: within(1), firstThree: within(3) }
}

/** Where fewer questions than committed lead to the first three. */
function drops() {
  /** @type {Record<string, Score>} */
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return Object.entries(result).flatMap(([name, score]) => {
    const before = known[name]
    if (before === undefined) return [`result.json has no '${name}': npm run evals -- --update`]
    if (score.firstThree / score.questions >= before.firstThree / before.questions) return []
    const [now, was] = [score, before].map(({ firstThree, questions }) => share(firstThree, questions))
    return [`In the first three of '${name}': ${now}, was ${was}. Say in the description what people ask for, or npm run evals -- --update`]
  })
}

/** What is wrong with the questions and the vocabulary themselves. */
function flaws() {
  const names = new Set(tools.map(({ name }) => name))
  const all = [...asked, ...heldOut]
  const covered = new Set(all.flatMap(({ right }) => right))
  const asks = all.map(({ ask }) => ask.toLowerCase())
  return [
    ...(asked.length < fewest ? [`There are ${asked.length} questions; at least ${fewest} are needed.`] : []),
    ...asks.filter((ask, index) => asks.indexOf(ask) !== index).map((ask) => `Asked twice: ${ask}`),
    ...[...words].filter((word) => found.get(word)?.length === 0).map((word) => `The vocabulary means '${word}', which leads to no tool.`),
    ...[...covered].filter((name) => !names.has(name)).map((name) => `A question is answered by ${name}, which is no tool.`),
    ...[...names].filter((name) => !covered.has(name)).map((name) => `No question is answered by ${name}.`),
  ]
}

/**
 * @param {string} name
 * @param {Score} score
 */
function scoreRow(name, { questions, first, firstThree }) {
  row(name, questions, share(first, questions), share(firstThree, questions))
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} %`
}

/** @param {...(string | number)} cells */
function row(...cells) {
  console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join(' '))
}
