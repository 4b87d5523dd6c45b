import { createServer } from 'node:net'
import { mcpHub, ownHub } from '../measure/aggregators.mjs'
import { serverFile } from '../measure/bench-environment.mjs'
import { freePort } from '../measure/free-port.mjs'
import { inTurn } from '../measure/load.mjs'
import { commandOf, treeOf } from '../measure/process-tree.mjs'
import { askOverStdio } from '../measure/stdio-start.mjs'

/**
 * @typedef {import('../measure/aggregators.mjs').Aggregator} Aggregator
 * @typedef {import('../measure/aggregators.mjs').UpstreamEntries} UpstreamEntries
 */

const giveUpMs = 30_000
const text = 'x'.repeat(20)
const child = serverFile('floor-stdio.mjs')
const good = { command: process.execPath, args: [child] }

/**
 * What a bad upstream costs the others, and how soon one that was killed is back.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureUpstreams({ add, attempt, env, quick, peers }) {
  const peer = peers.get('mcp-hub')
  const aggregators = [ownHub, ...(peer === undefined ? [] : [mcpHub(peer)])]
  const blackHole = await openBlackHole()
  try {
    const bad = await badUpstreams(blackHole.url)
    for (const aggregator of aggregators) {
      await attempt(`a bad upstream of ${aggregator.name}`, async () => {
        const kinds = [['healthy', {}], ...Object.entries(bad).map(([kind, entry]) => [kind, { bad: entry }])]
        const times = await inTurn(/** @type {[string, UpstreamEntries][]} */ (kinds), quick ? 1 : 4, ([, more]) =>
          firstAnswer(aggregator, { ...more, echo: good }, env),
        )
        const [healthy, ...others] = [...times].map(([[kind], taken]) => ({ kind, ms: Math.min(...taken) }))
        for (const { kind, ms } of others)
          add('upstream.start', {
            subject: `${aggregator.name}: ${kind}`,
            value: ms,
            reference: 'healthy',
            referenceValue: healthy?.ms ?? Number.NaN,
            judged: aggregator === ownHub,
          })
      })
      await attempt(`a killed upstream of ${aggregator.name}`, async () => {
        const rounds = Array.from({ length: quick ? 1 : 4 })
        const own = Math.min(...(await sequence(rounds, async () => (await askOverStdio([child], env)).startMs)))
        const back = Math.min(...(await sequence(rounds, () => backAfterKill(aggregator, env))))
        add('upstream.back', {
          subject: aggregator.name,
          value: back,
          reference: 'its own cold start',
          referenceValue: own,
          judged: aggregator === ownHub,
        })
      })
    }
  } finally {
    blackHole.close()
  }
}

/**
 * The six kinds there are.
 * @param {string} silentUrl
 * @returns {Promise<Record<string, UpstreamEntries[string]>>}
 */
async function badUpstreams(silentUrl) {
  const stdio = (/** @type {string} */ kind) => ({ command: process.execPath, args: [serverFile('bad-stdio.mjs'), kind] })
  return {
    'command not found': { command: 'no-such-command-anywhere' },
    'exits at once': stdio('exits'),
    'never answers initialize': stdio('silent'),
    'never answers tools/list': stdio('listless'),
    'HTTP refused': { url: `http://127.0.0.1:${await freePort()}/mcp` },
    'HTTP that never answers': { url: silentUrl },
  }
}

/**
 * Milliseconds from the start of an aggregator to the first answer of its good upstream; what takes longer than the limit counts as that.
 * @param {Aggregator} aggregator
 * @param {UpstreamEntries} upstreams
 * @param {NodeJS.ProcessEnv} env
 */
async function firstAnswer(aggregator, upstreams, env) {
  const prepared = await aggregator.prepare(upstreams, env)
  const start = performance.now()
  const server = await prepared.start()
  try {
    await echoed(aggregator, () => prepared.open(server.url), start + giveUpMs)
    return Math.min(performance.now() - start, giveUpMs)
  } finally {
    await server.stop()
  }
}

/**
 * Milliseconds from the end of an upstream by SIGKILL to its next answer.
 * @param {Aggregator} aggregator
 * @param {NodeJS.ProcessEnv} env
 */
async function backAfterKill(aggregator, env) {
  const prepared = await aggregator.prepare({ echo: good }, env)
  const server = await prepared.start()
  try {
    const open = () => prepared.open(server.url)
    await echoed(aggregator, open, performance.now() + giveUpMs)
    const upstream = treeOf(server.id).find((member) => commandOf(member).includes(child))
    if (upstream === undefined) throw new Error(`${aggregator.name} has no child that echoes.`)
    const start = performance.now()
    process.kill(upstream, 'SIGKILL')
    // What is asked before it is gone would be answered by the one that was killed.
    while (commandOf(upstream).includes(child)) await new Promise((resolve) => setImmediate(resolve))
    await echoed(aggregator, open, start + giveUpMs)
    return Math.min(performance.now() - start, giveUpMs)
  } finally {
    await server.stop()
  }
}

/**
 * Asks until the good upstream answers.
 * @param {Aggregator} aggregator
 * @param {() => Promise<import('../measure/http-session.mjs').Session>} open
 * @param {number} until
 */
async function echoed({ listed }, open, until) {
  /** @type {import('../measure/http-session.mjs').Session | undefined} */
  let session
  try {
    while (performance.now() < until) {
      session ??= await open().catch(() => undefined)
      const asked = session?.ask('tools/call', { name: listed('echo', 'get_echo_1'), arguments: { text } }).catch(() => '')
      const late = new Promise((resolve) => setTimeout(resolve, Math.max(0, until - performance.now()), '').unref())
      if (String(await Promise.race([asked, late])).includes(text)) return
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  } finally {
    session?.close()
  }
}

/**
 * Something that takes every connection and never answers.
 * @returns {Promise<{ url: string, close: () => void }>}
 */
async function openBlackHole() {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/**
 * @template Item, Result
 * @param {Item[]} items
 * @param {(item: Item) => Promise<Result>} work
 * @returns {Promise<Result[]>}
 */
async function sequence(items, work) {
  /** @type {Result[]} */
  const results = []
  for (const item of items) results.push(await work(item))
  return results
}
