// Prints how often the words of a question alone lead to the tool that answers it. --check holds it to result.json, --update writes that anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hubList, serviceOf } from '../bench/tool-lists.mjs'
import { ranks } from './ranking.mjs'

const file = new URL('result.json', import.meta.url)
const fewest = 80

/** @type {import('./ranking.mjs').Question[]} */
const questions = JSON.parse(readFileSync(new URL('questions.json', import.meta.url), 'utf8'))
const tools = await hubList()
const asked = ranks(tools, questions).map((rank, index) => ({
  rank,
  ask: questions[index]?.ask ?? '',
  right: questions[index]?.tools ?? [],
}))
const problems = flaws()

const count = { questions: asked.length, first: within(asked, 1), firstThree: within(asked, 3) }
const services = [...new Set(tools.map(({ name }) => serviceOf(name)))]
row('', 'questions', 'first', 'first three')
for (const service of services) {
  const own = asked.filter(({ right }) => serviceOf(right[0] ?? '') === service)
  row(service, own.length, share(within(own, 1), own.length), share(within(own, 3), own.length))
}
row('all', count.questions, share(count.first, count.questions), share(count.firstThree, count.questions))

const missed = asked.filter(({ rank }) => rank === undefined || rank > 3)
if (missed.length > 0) console.log('\nNot in the first three:')
for (const { rank, ask, right } of missed)
  console.log(`  ${(rank === undefined ? 'no' : String(rank)).padStart(3)}  ${ask}  (${right.join(', ')})`)

if (process.argv.includes('--update')) writeFileSync(file, `${JSON.stringify(count, null, 2)}\n`)
if (process.argv.includes('--check')) {
  /** @type {typeof count} */
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { questions: 1, first: 0, firstThree: 0 }
  if (count.firstThree / count.questions < known.firstThree / known.questions)
    problems.push(
      `In the first three: ${share(count.firstThree, count.questions)}, was ${share(known.firstThree, known.questions)}. Say in the description what people ask for, or npm run evals -- --update`,
    )
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** What is wrong with the questions themselves. */
function flaws() {
  const names = new Set(tools.map(({ name }) => name))
  const covered = new Set(questions.flatMap(({ tools: right }) => right))
  const asks = questions.map(({ ask }) => ask.toLowerCase())
  return [
    ...(asks.length < fewest ? [`There are ${asks.length} questions; at least ${fewest} are needed.`] : []),
    ...asks.filter((ask, index) => asks.indexOf(ask) !== index).map((ask) => `Asked twice: ${ask}`),
    ...[...covered].filter((name) => !names.has(name)).map((name) => `A question is answered by ${name}, which is no tool.`),
    ...[...names].filter((name) => !covered.has(name)).map((name) => `No question is answered by ${name}.`),
  ]
}

/**
 * @param {readonly { rank: number | undefined }[]} answers
 * @param {number} best
 */
function within(answers, best) {
  return answers.filter(({ rank }) => rank !== undefined && rank <= best).length
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return `${((part / whole) * 100).toFixed(1)} %`
}

/** @param {...(string | number)} cells */
function row(...cells) {
  console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join(' '))
}
