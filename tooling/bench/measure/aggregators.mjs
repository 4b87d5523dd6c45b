import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../pack/command.mjs'
import { bins } from './bench-environment.mjs'
import { openEventStream, openSession } from './http-session.mjs'
import { startServer } from './measured-process.mjs'
import { freePort } from './free-port.mjs'

/**
 * @typedef {{ command: string, args?: string[] } | { url: string }} UpstreamEntry
 * @typedef {Record<string, UpstreamEntry>} UpstreamEntries
 * @typedef {object} Aggregator What serves the tools of other MCP servers.
 * @property {string} name
 * @property {(upstream: string, tool: string) => string} listed The name it gives a tool.
 * @property {(upstreams: UpstreamEntries, env: NodeJS.ProcessEnv) => Promise<Prepared>} prepare
 *
 * @typedef {object} Prepared An aggregator with its configuration written, not started yet.
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {() => ReturnType<typeof startServer>} start
 * @property {(url: string) => Promise<import('./http-session.mjs').Session>} open
 */

/**
 * Our hub; its owner has accepted what the upstreams offer that offer anything.
 * @type {Aggregator}
 */
export const ownHub = {
  name: 'rackwarden',
  listed: (upstream, tool) => `${upstream}_${tool}`,
  prepare: async (upstreams, { HOME = '', ...rest }) => {
    mkdirSync(HOME, { recursive: true })
    const home = mkdtempSync(join(HOME, 'upstreams-'))
    const env = { ...rest, HOME: home, RACKWARDEN_STATE_DIR: join(home, 'state') }
    const file = join(home, 'rackwarden.yaml')
    const entries = Object.fromEntries(Object.entries(upstreams).map(([name, entry]) => [name, { ...entry, access: { '*': 'observe' } }]))
    // As for the hub that echoes itself: what is measured is the cost of the check, not its refusal.
    writeFileSync(file, JSON.stringify({ services: {}, limits: { callsPerMinute: 1_000_000 }, upstreams: entries }))
    for (const name of Object.keys(upstreams).filter((known) => known.startsWith('echo'))) {
      const { code, output } = await runCommand(process.execPath, [bins.hub, 'upstreams', 'accept', name, '--yes', '--config', file], {
        cwd: home,
        env,
      })
      if (code !== 0) throw new Error(`${name} could not be accepted: ${output}`)
    }
    const args = [bins.hub, 'serve', '--http', '127.0.0.1:0', '--config', file]
    return { args, env, start: () => startServer(args, env), open: openSession }
  },
}

/**
 * @param {import('../peers.mjs').Peer} peer
 * @returns {Aggregator}
 */
export function mcpHub({ name, entry }) {
  return {
    name,
    listed: (upstream, tool) => `${upstream}__${tool}`,
    prepare: async (upstreams, { HOME = '', ...rest }) => {
      mkdirSync(HOME, { recursive: true })
      const home = mkdtempSync(join(HOME, 'mcp-hub-'))
      const port = await freePort()
      const config = join(home, 'servers.json')
      writeFileSync(config, JSON.stringify({ mcpServers: upstreams }))
      const url = `http://127.0.0.1:${port}/mcp`
      const ready = async () => {
        for (;;) {
          const answered = await openEventStream(url).catch(() => undefined)
          answered?.close()
          if (answered !== undefined) return url
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const args = [entry, '--port', String(port), '--config', config]
      const env = { ...rest, HOME: home }
      return { args, env, start: () => startServer(args, env, { ready }), open: openEventStream }
    },
  }
}
