// Prints what each list of tools costs a model's context. --check holds it to the baseline, --update moves the baseline:
// of every list, or of those that are named.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { toldTo } from '../bootstrap/program.mjs'
import { difference, moved, total, unexplained, unmeasured } from './token-growth.mjs'
import { hubList, serviceLists, serviceOf } from './tool-lists.mjs'

const { values: told, positionals: named } = toldTo({
  command: 'npm run tokens --',
  does: "Prints what each list of tools costs a model's context.",
  options: {
    check: { type: 'boolean', says: 'holds the lists to the baseline' },
    update: { type: 'boolean', says: 'moves the baseline: of every list, or of those that are named' },
  },
  takes: '[list…]',
})
const baseline = new URL('tokens.json', import.meta.url)
const changesets = new URL('../../.changeset/', import.meta.url)

/** @type {import('./token-growth.mjs').Costs} */
const before = existsSync(baseline) ? JSON.parse(readFileSync(baseline, 'utf8')) : {}
const lists = Object.entries({ ...serviceLists(), hub: await hubList() })
const after = Object.fromEntries(
  lists.map(([list, tools]) => [list, Object.fromEntries(tools.map((tool) => [tool.name, encode(JSON.stringify(tool)).length]))]),
)
const changes = difference(before, after)
const problems = unexplained(before, after, changesetText())

if (told.update === true) {
  // Growth that has to be explained is not made the baseline before it is.
  if (problems.length === 0) writeFileSync(baseline, `${JSON.stringify(moved(before, after, named), null, 2)}\n`)
} else if (told.check === true) {
  problems.push(...unmeasured(before, after, changesetFiles()))
} else {
  for (const [list, tools] of Object.entries(after)) {
    // The hub's own tools are the ones its services' lists do not show.
    const shown = Object.entries(tools).filter(([tool]) => list !== 'hub' || serviceOf(tool) === 'hub')
    for (const [tool, cost] of shown.toSorted(([, a], [, b]) => b - a)) console.log(`  ${tool.padEnd(36)} ${String(cost).padStart(5)}`)
  }
}
for (const [list, tools] of Object.entries(after)) {
  const count = Object.keys(tools).length
  console.log(
    `${list.padEnd(14)} ${String(count).padStart(4)} tools ${String(total(tools)).padStart(6)} tokens ${(total(tools) / count).toFixed(1).padStart(6)} a tool`,
  )
}
for (const line of changes) console.log(line)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function changesetText() {
  return changesetFiles()
    .map((file) => readFileSync(new URL(file, changesets), 'utf8'))
    .join('\n')
}

function changesetFiles() {
  return readdirSync(changesets).filter((file) => file.endsWith('.md'))
}
