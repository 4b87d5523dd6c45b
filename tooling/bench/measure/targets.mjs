import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { groups, names } from '../servers/echo-tools.mjs'
import { serverFile } from './bench-environment.mjs'
import { openEventStream, openSession, withoutSession } from './http-session.mjs'
import { startServer } from './measured-process.mjs'

/**
 * @typedef {import('./http-session.mjs').Session} Session
 * @typedef {object} Target A server of the echo tools.
 * @property {string} name
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(url: string, sockets?: number) => Session | Promise<Session>} open
 * @property {string} tool The first of its tools.
 * @property {(env: NodeJS.ProcessEnv) => Promise<{ args: string[], ready: () => Promise<string> }>} [prepare] For what says its address nowhere.
 * @property {boolean} [slow] A call costs milliseconds.
 */

const tool = 'echo1_get_echo_1'
const http = ['serve', '--http', '127.0.0.1:0']

/** @type {Target} */
export const hub = {
  name: 'rackwarden',
  args: [serverFile('echo-hub.mjs'), ...http, '--config', serverFile('echo-hub.yaml')],
  open: openSession,
  tool,
}

/** @type {Target} */
export const floor = { name: 'floor', args: [serverFile('floor-in-process.mjs')], open: openSession, tool }

/** @type {Target} */
export const sdk = { name: 'SDK v2, session', args: [serverFile('sdk-v2-session.mjs')], open: openSession, tool }

/** @type {Target} */
export const sdkPerRequest = {
  name: 'SDK v2, per request',
  args: [serverFile('sdk-v2-request.mjs')],
  open: withoutSession,
  tool,
  slow: true,
}

/** @type {Target} */
export const proxyingFloor = { name: 'proxying floor', args: [serverFile('floor-proxying.mjs')], open: openSession, tool }

/**
 * The peers that serve tools of their own, and those that pass calls on.
 * @param {Map<import('../peers.mjs').PeerName, import('../peers.mjs').Peer>} peers
 * @returns {{ serving: Target[], proxying: Target[] }}
 */
export function peerTargets(peers) {
  const v1 = peers.get('sdk-v1')
  const aggregator = peers.get('mcp-hub')
  const args = (/** @type {string} */ mode) => [serverFile('sdk-v1.mjs'), mode]
  return {
    serving:
      v1 === undefined
        ? []
        : [
            { name: 'SDK v1, session', args: args('session'), env: { BENCH_PEER: v1.directory }, open: openSession, tool },
            { name: 'SDK v1, per request', args: args('request'), env: { BENCH_PEER: v1.directory }, open: openSession, tool, slow: true },
          ],
    proxying: aggregator === undefined ? [] : [aggregatorTarget(aggregator)],
  }
}

/**
 * @param {import('../peers.mjs').Peer} peer
 * @returns {Target}
 */
function aggregatorTarget({ name, entry }) {
  const listed = `echo1__${names[0]}`
  return {
    name,
    args: [],
    open: openEventStream,
    tool: listed,
    prepare: async ({ HOME = '', ECHO_TOOLS = String(names.length) }) => {
      const port = await freePort()
      const config = join(HOME, `mcp-hub-${port}.json`)
      const server = { command: process.execPath, args: [serverFile('floor-stdio.mjs')], env: { ECHO_TOOLS } }
      mkdirSync(HOME, { recursive: true })
      writeFileSync(config, JSON.stringify({ mcpServers: Object.fromEntries(groups.map((group) => [group, server])) }))
      const url = `http://127.0.0.1:${port}/mcp`
      return { args: [entry, '--port', String(port), '--config', config], ready: () => listing(url, groups.length * Number(ECHO_TOOLS)) }
    },
  }
}

/**
 * Waits until all tools are listed: the port is open long before.
 * @param {string} url
 * @param {number} expected
 */
async function listing(url, expected) {
  for (;;) {
    const found = await openEventStream(url)
      .then(async (session) => {
        const { tools } = JSON.parse(await session.ask('tools/list')).result
        session.close()
        return tools.length
      })
      .catch(() => 0)
    if (found >= expected) return url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** @typedef {Awaited<ReturnType<typeof openTarget>>} OpenTarget */

const text = 'x'.repeat(200)

/**
 * Starts a target, opens a session and makes sure that it echoes.
 * @param {Target} target
 * @param {NodeJS.ProcessEnv} env
 * @param {{ heap?: boolean, sockets?: number }} [options]
 */
export async function openTarget(target, env, { heap = false, sockets = 16 } = {}) {
  const own = { ...env, ...target.env }
  const prepared = await target.prepare?.(own)
  const server = await startServer(prepared?.args ?? target.args, own, {
    heap,
    ...(prepared === undefined ? {} : { ready: prepared.ready }),
  })
  const session = await target.open(server.url, sockets)
  return {
    target,
    server,
    session,
    call: () => session.ask('tools/call', { name: target.tool, arguments: { text } }),
    /** Makes sure that what is measured is an answer; to be asked when it does not matter that it is warmer then. */
    prove: async () => {
      const answer = await session.ask('tools/call', { name: target.tool, arguments: { text } })
      if (!answer.includes(text)) throw new Error(`${target.name} does not echo: ${answer.slice(0, 300)}`)
    },
    stop: async () => {
      session.close()
      await server.stop()
    },
  }
}
