import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../pack/command.mjs'
import { root } from './measure/bench-environment.mjs'

/** What others publish, and is measured beside ours; never a dependency of this workspace. */
const published = /** @type {const} */ ({
  'sdk-v1': { package: '@modelcontextprotocol/sdk', version: '1.32.2' },
  'mcp-hub': { package: 'mcp-hub', version: '4.2.1' },
  'mcp-proxy': { package: 'mcp-proxy', version: '6.7.19' },
  supergateway: { package: 'supergateway', version: '4.0.0' },
  fastmcp: { package: 'fastmcp', version: '4.20.16' },
  'mcp-server-kubernetes': { package: 'mcp-server-kubernetes', version: '4.1.7' },
  'mcp-arr-server': { package: 'mcp-arr-server', version: '1.7.3' },
})

/**
 * @typedef {keyof typeof published} PeerName
 * @typedef {{ name: string, directory: string, entry: string }} Peer
 */

/**
 * Installs every peer in a folder of its own under `.lab/peers`, once; tells of those that cannot be had.
 * @param {(what: string, why: string) => void} skip
 * @returns {Promise<Map<PeerName, Peer>>}
 */
export async function installPeers(skip) {
  /** @type {Map<PeerName, Peer>} */
  const peers = new Map()
  for (const [key, { package: name, version }] of Object.entries(published)) {
    const directory = join(root, '.lab/peers', `${key}-${version}`)
    const problem = existsSync(directory) ? undefined : await install(directory, name, version)
    if (problem === undefined)
      peers.set(/** @type {PeerName} */ (key), { name: `${key} ${version}`, directory, entry: entryOf(directory, name) })
    else skip(`${key} ${version}`, problem)
  }
  return peers
}

/**
 * @param {string} directory
 * @param {string} name
 * @param {string} version
 * @returns {Promise<string | undefined>} Why it could not be installed.
 */
async function install(directory, name, version) {
  const fresh = `${directory}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  writeFileSync(join(fresh, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }))
  const { code, output } = await runCommand('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: fresh,
  })
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    return `npm could not install it: ${
      output
        .trim()
        .split('\n')
        .find((line) => /npm error (?!code)/.test(line)) ?? output.trim().slice(0, 200)
    }`
  }
  renameSync(fresh, directory)
  return undefined
}

/**
 * @param {string} directory
 * @param {string} name
 */
function entryOf(directory, name) {
  const folder = join(directory, 'node_modules', name)
  /** @type {{ bin?: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, (typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]) ?? '')
}
