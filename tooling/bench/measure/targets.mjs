import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { groups, names } from '../servers/echo-tools.mjs'
import { ownHub } from './aggregators.mjs'
import { serverFile } from './bench-environment.mjs'
import { freePort } from './free-port.mjs'
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
 * @property {(env: NodeJS.ProcessEnv) => Promise<{ args: string[], env?: NodeJS.ProcessEnv, ready?: () => Promise<string> }>} [prepare] For what has a configuration, or says its address nowhere.
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

/** @type {Target} */
export const proxyingHub = {
  name: 'rackwarden',
  args: [],
  open: openSession,
  tool,
  prepare: (env) =>
    ownHub.prepare(
      Object.fromEntries(groups.map((group) => [group, { command: process.execPath, args: [serverFile('floor-stdio.mjs')] }])),
      env,
    ),
}

/**
 * The peers that serve tools of their own, and those that pass calls on.
 * @param {Map<import('../peers.mjs').PeerName, import('../peers.mjs').Peer>} peers
 * @returns {{ serving: Target[], proxying: Target[] }}
 */
export function peerTargets(peers) {
  const args = (/** @type {string} */ mode) => [serverFile('sdk-v1.mjs'), mode]
  /** @type {[import('../peers.mjs').PeerName, (peer: import('../peers.mjs').Peer) => Target[]][]} */
  const serving = [
    [
      'sdk-v1',
      ({ directory }) => [
        { name: 'SDK v1, session', args: args('session'), env: { BENCH_PEER: directory }, open: openSession, tool },
        { name: 'SDK v1, per request', args: args('request'), env: { BENCH_PEER: directory }, open: openSession, tool, slow: true },
      ],
    ],
    [
      'fastmcp',
      ({ name, directory }) => [{ name, args: [serverFile('fastmcp.mjs')], env: { BENCH_PEER: directory }, open: openSession, tool }],
    ],
  ]
  /** @type {typeof serving} */
  const proxying = [
    ['mcp-hub', (peer) => [aggregatorTarget(peer)]],
    [
      'mcp-proxy',
      (peer) => [bridgeTarget(peer, (port, child) => ['--port', port, '--host', '127.0.0.1', '--server', 'stream', '--', ...child])],
    ],
    [
      'supergateway',
      (peer) => [
        bridgeTarget(peer, (port, child) => [
          '--port',
          port,
          '--outputTransport',
          'streamableHttp',
          '--stateful',
          '--logLevel',
          'none',
          '--stdio',
          child.join(' '),
        ]),
      ],
    ],
  ]
  const there = (/** @type {typeof serving} */ targets) =>
    targets.flatMap(([name, made]) => {
      const peer = peers.get(name)
      return peer === undefined ? [] : made(peer)
    })
  return { serving: there(serving), proxying: there(proxying) }
}

/**
 * A peer that serves one child over Streamable HTTP.
 * @param {import('../peers.mjs').Peer} peer
 * @param {(port: string, child: string[]) => string[]} argsOf
 * @returns {Target}
 */
function bridgeTarget({ name, entry }, argsOf) {
  return {
    name,
    args: [],
    open: openSession,
    tool: String(names[0]),
    prepare: async () => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}/mcp`
      return {
        args: [entry, ...argsOf(String(port), [process.execPath, serverFile('floor-stdio.mjs')])],
        ready: () => listing(url, 1, openSession),
      }
    },
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
 * @param {Target['open']} open
 */
async function listing(url, expected, open = openEventStream) {
  for (;;) {
    const found = await Promise.resolve(open(url))
      .then(async (session) => {
        const answer = await session.ask('tools/list')
        session.close()
        // Some answer with an event even where nothing else is said.
        const { tools } = JSON.parse(/^data: ?({.*)$/m.exec(answer)?.[1] ?? answer).result
        return tools.length
      })
      .catch(() => 0)
    if (found >= expected) return url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
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
  const server = await startServer(prepared?.args ?? target.args, prepared?.env ?? own, {
    heap,
    ...(prepared?.ready === undefined ? {} : { ready: prepared.ready }),
  })
  const session = await target.open(server.url, sockets)
  // A refusal is cheaper than an answer, and would be told as a feat.
  const call = async () => {
    const answer = await session.ask('tools/call', { name: target.tool, arguments: { text } })
    if (!answer.includes(text)) throw new Error(`${target.name} does not echo: ${answer.slice(0, 300)}`)
    return answer
  }
  return {
    target,
    server,
    session,
    call,
    stop: async () => {
      session.close()
      await server.stop()
    },
  }
}
