// Prints what starts, lists, calls, memory, size, faults and tokens cost, each beside a floor or a peer. What the rows
// are and how to read them: README.md.
import { availableParallelism } from 'node:os'
import { toldTo } from '../bootstrap/program.mjs'
import { createEnvironment } from './measure/bench-environment.mjs'
import { program, readOptions } from './options.mjs'
import { installPeers } from './peers.mjs'
import { renderTable } from './render.mjs'
import { rowOf } from './row.mjs'
import { measureAudit } from './rows/audit.mjs'
import { measureCalls } from './rows/calls.mjs'
import { measureFaults } from './rows/faults.mjs'
import { measureGuests } from './rows/guests.mjs'
import { measureLists } from './rows/lists.mjs'
import { measureMemory } from './rows/memory.mjs'
import { measureRedaction } from './rows/redaction.mjs'
import { measureSize } from './rows/size.mjs'
import { measureStarts } from './rows/starts.mjs'
import { measureTokens } from './rows/tokens.mjs'
import { measureUpstreams } from './rows/upstreams.mjs'

/**
 * @typedef {object} Bench What a group of rows is measured with.
 * @property {NodeJS.ProcessEnv} env
 * @property {string} home
 * @property {boolean} quick
 * @property {Map<import('./peers.mjs').PeerName, import('./peers.mjs').Peer>} peers
 * @property {(figure: import('./figures.mjs').FigureId, measured: Parameters<typeof rowOf>[1]) => void} add
 * @property {(what: string, why: string) => void} skip What is not on this machine.
 * @property {(what: string, measure: () => Promise<void>) => Promise<void>} attempt What fails is told, and the rest measured.
 */

const measures = {
  starts: measureStarts,
  lists: measureLists,
  calls: measureCalls,
  memory: measureMemory,
  size: measureSize,
  faults: measureFaults,
  upstreams: measureUpstreams,
  redaction: measureRedaction,
  audit: measureAudit,
  guests: measureGuests,
  tokens: measureTokens,
}

const options = toldTo(program, readOptions)
/** @type {import('./render.mjs').Report} */
const report = {
  node: process.versions.node,
  processors: availableParallelism(),
  quick: options.quick,
  rows: [],
  skipped: [],
  failed: [],
}
const { home, env, remove } = createEnvironment()
/** @type {Bench['skip']} */
const skip = (what, why) => void report.skipped.push({ what, why })
/** @type {Bench['attempt']} */
const attempt = async (what, measure) => {
  if (process.stderr.isTTY) process.stderr.write(`measuring ${what} …\n`)
  await measure().catch((error) => report.failed.push({ what, why: error instanceof Error ? error.message : String(error) }))
}

try {
  if (!options.peers) skip('peers from npm', 'installed and measured with --peers')
  const peers = options.peers ? await installPeers(skip) : new Map()
  /** @type {Bench} */
  const bench = {
    env,
    home,
    quick: options.quick,
    peers,
    skip,
    attempt,
    add: (figure, measured) => void report.rows.push(rowOf(figure, measured)),
  }
  for (const group of options.only) await attempt(group, () => measures[group](bench))
} finally {
  remove()
}
console.log(options.json ? JSON.stringify(report, null, 2) : renderTable(report))
process.exitCode = report.failed.length === 0 ? 0 : 1
