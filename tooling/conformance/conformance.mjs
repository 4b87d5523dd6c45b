// Holds a fixture behind our server, the hub itself on the pretend lab, and the hub as a client of others' servers to the
// protocol's official suite.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toldTo } from '../bootstrap/program.mjs'
import { report } from '../pack/results.mjs'
import { serveFixture } from './fixture/serve.mjs'
import { serveHub } from './hub.mjs'
import { revisions, runClientSuite, runServerSuite } from './suite.mjs'
import { judge, leaves } from './verdict.mjs'

toldTo({
  command: 'npm run conformance',
  does: "Holds our server, the hub, and the hub as a client to the protocol's official suite.",
  options: {},
})
const [hubBaseline, clientBaseline] = [baselineIn('baseline-hub.json'), baselineIn('baseline-hub-client.json')]

/** @type {{ name: string, serve: () => Promise<{ url: string, close: () => Promise<void> }>, baseline: typeof hubBaseline }[]} */
const targets = [
  { name: 'fixture', serve: serveFixture, baseline: {} },
  { name: 'hub', serve: serveHub, baseline: hubBaseline },
]

/** @type {string[][]} */
const rows = [['target', 'revision', 'passed', 'failed', 'baseline', 'passed of what is not required']]
for (const { name, serve, baseline } of targets) {
  const server = await serve()
  try {
    for (const revision of revisions) hold(name, revision, await runServerSuite(server.url, revision), baseline[revision] ?? {})
  } finally {
    await server.close()
  }
}
const client = [process.execPath, fileURLToPath(new URL('hub-client.mjs', import.meta.url))].map((path) => JSON.stringify(path)).join(' ')
for (const revision of revisions) {
  const baseline = clientBaseline[revision] ?? {}
  hold('hub as client', revision, await runClientSuite(client, revision, (scenario) => leaves(baseline, scenario)), baseline)
}

/**
 * @param {string} name
 * @param {string} revision
 * @param {import('./suite.mjs').Outcome[]} outcomes
 * @param {import('./verdict.mjs').Baseline} baseline
 */
function hold(name, revision, outcomes, baseline) {
  const { passed, failed, excused, others, problems } = judge(outcomes, baseline)
  rows.push([name, revision, String(passed), String(failed), String(excused), others])
  report(`conformance of the ${name} to ${revision}`, problems)
}

/**
 * @param {string} file
 * @returns {Record<string, import('./verdict.mjs').Baseline>}
 */
function baselineIn(file) {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
}

const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
console.log(
  `\n${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}`,
)
