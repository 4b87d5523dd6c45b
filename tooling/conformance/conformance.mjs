// Holds a fixture behind our server, and the hub itself on the pretend lab, to the protocol's official suite.
import { readFileSync } from 'node:fs'
import { report } from '../pack/results.mjs'
import { serveFixture } from './fixture/serve.mjs'
import { serveHub } from './hub.mjs'
import { revisions, runSuite } from './suite.mjs'
import { judge } from './verdict.mjs'

/** @type {Record<string, import('./verdict.mjs').Baseline>} */
const hubBaseline = JSON.parse(readFileSync(new URL('baseline-hub.json', import.meta.url), 'utf8'))

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
    for (const revision of revisions) {
      const { passed, failed, excused, others, problems } = judge(await runSuite(server.url, revision), baseline[revision] ?? {})
      rows.push([name, revision, String(passed), String(failed), String(excused), others])
      report(`conformance of the ${name} to ${revision}`, problems)
    }
  } finally {
    await server.close()
  }
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
