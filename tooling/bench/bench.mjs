// Prints what starts, lists and calls cost. Only ratios of one run count; the machine's speed cancels out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { hungServiceRatio } from './health.mjs'
import { openSession } from './http-session.mjs'
import { startServer, timeToAnswer } from './measured-process.mjs'

const rounds = 15
const root = fileURLToPath(new URL('../..', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'rackwarden-bench-'))
// The owner's environment counts on both sides: a certificate bundle in NODE_EXTRA_CA_CERTS alone doubles Node's own start.
const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('RACKWARDEN_'))
const env = {
  ...Object.fromEntries(kept),
  HOME: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  RACKWARDEN_STATE_DIR: join(home, 'state'),
  ECHO_URL: 'http://127.0.0.1',
  DOCKER_HOST: 'unix:///nowhere.sock',
}
const bins = { docker: join(root, 'packages/docker/dist/bin.cjs'), hub: join(root, 'apps/hub/dist/bin.cjs') }
const first = [
  { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '0' } } },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
].map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }))

try {
  await measureStarts()
  await measureLists()
  await measureCalls()
  row('service_health with one hung service ÷ its limit', await hungServiceRatio(join(home, 'health')), 'budget 1.05')
} finally {
  rmSync(home, { recursive: true, force: true })
}

/** Cold starts over stdio to the answered tools/list, best of several taken in turn. */
async function measureStarts() {
  const best = { node: Infinity, docker: Infinity, hub: Infinity }
  for (let round = 0; round < rounds; round += 1) {
    best.node = Math.min(best.node, (await timeToAnswer(['-e', '0'], env)).milliseconds)
    for (const bin of /** @type {const} */ (['docker', 'hub']))
      best[bin] = Math.min(best[bin], (await timeToAnswer([bins[bin]], env, first)).milliseconds)
  }
  row('cold start of docker ÷ node -e 0', best.docker / best.node, 'budget 2.0')
  row('cold start of the hub ÷ node -e 0', best.hub / best.node, 'budget 2.5')
}

/** What listing costs a model's context, annotations in. */
async function measureLists() {
  for (const [name, bin] of Object.entries(bins)) {
    const { answer } = await timeToAnswer([bin, 'serve', '--tier', 'configure'], env, first)
    /** @type {{ tools: object[] }} */
    const { tools } = JSON.parse(answer.trim().split('\n').at(-1) ?? '').result
    const costs = tools.map((tool) => encode(JSON.stringify(tool)).length).toSorted((a, b) => a - b)
    const average = costs.reduce((sum, cost) => sum + cost, 0) / costs.length
    row(`tokens a tool, ${name}, ${tools.length} tools (o200k)`, average, 'budget 100')
    row(`the same, 95th percentile`, costs[Math.ceil(costs.length * 0.95) - 1] ?? 0, 'budget 200')
  }
}

/** CPU of an echo through the hub, audit and checks on, against the SDK's server, in slices taken in turn. */
async function measureCalls() {
  const hub = await measuredSession([join(root, 'tooling/bench/echo-hub.mjs'), 'serve', '--http', '127.0.0.1:0'])
  const sdk = await measuredSession([join(root, 'tooling/bench/sdk-server.mjs')])
  try {
    row('first 200 calls through the hub ÷ SDK, cpu', (await hub.cost(200)) / (await sdk.cost(200)), 'budget 1.3')
    await hub.cost(1000)
    await sdk.cost(1000)
    const total = { hub: 0, sdk: 0 }
    for (let slice = 0; slice < 8; slice += 1) {
      total.hub += await hub.cost(400)
      total.sdk += await sdk.cost(400)
    }
    row('warm call through the hub ÷ SDK, cpu', total.hub / total.sdk, 'budget 1.15')
    row('warm call through the hub, cpu µs', total.hub / 3200, '')
  } finally {
    await hub.stop()
    await sdk.stop()
  }
}

/** @param {string[]} args */
async function measuredSession(args) {
  const server = startServer(args, env)
  const session = await openSession(await server.url)
  const text = 'x'.repeat(200)
  const probe = await session.ask('tools/call', { name: 'echo_get_echo', arguments: { text } })
  if (!probe.includes(text)) throw new Error(`The echo failed: ${probe}`)
  return {
    /** @param {number} calls */
    cost: async (calls) => {
      const before = server.cpu()
      for (let call = 0; call < calls; call += 1) await session.ask('tools/call', { name: 'echo_get_echo', arguments: { text } })
      return server.cpu() - before
    },
    stop: async () => {
      session.close()
      await server.stop()
    },
  }
}

/**
 * @param {string} name
 * @param {number} value
 * @param {string} note
 */
function row(name, value, note) {
  console.log(`${name.padEnd(56)} ${value.toFixed(2).padStart(8)}  ${note}`)
}
