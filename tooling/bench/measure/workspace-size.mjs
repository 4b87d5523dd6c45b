import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(new URL('..', import.meta.url))
const sdk = ['@modelcontextprotocol/server', '@modelcontextprotocol/node', 'zod']

/** Megabytes of what a server written on the SDK would have installed. */
export function sdkMegabytes() {
  return megabytesOf(sdk.map((name) => linkOf(name, bench)))
}

/**
 * Megabytes of packages as this workspace has them, with all they depend on; of its own, what would be published.
 * @param {readonly string[]} links
 */
export function megabytesOf(links) {
  /** @type {Map<string, number>} */
  const sizes = new Map()
  const visit = (/** @type {string} */ link) => {
    const directory = realpathSync(link)
    if (sizes.has(directory)) return
    /** @type {{ dependencies?: Record<string, string>, files?: string[] }} */
    const { dependencies = {}, files = [] } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    const isInstalled = directory.includes('node_modules')
    sizes.set(directory, bytesIn(directory, isInstalled ? undefined : ['package.json', 'README.md', ...files]))
    for (const name of Object.keys(dependencies)) visit(linkOf(name, directory))
  }
  for (const link of links) visit(link)
  return [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024 ** 2
}

/**
 * Where a package finds another: in its own node_modules, or further up, as Node looks.
 * @param {string} name
 * @param {string} directory
 * @returns {string}
 */
function linkOf(name, directory) {
  const link = join(directory, 'node_modules', name)
  if (existsSync(link)) return link
  if (dirname(directory) === directory) throw new Error(`${name} is not installed in this workspace.`)
  return linkOf(name, dirname(directory))
}

/**
 * @param {string} directory
 * @param {readonly string[]} [only]
 * @returns {number}
 */
function bytesIn(directory, only) {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => (only === undefined ? name !== 'node_modules' && name !== '.tsbuildinfo' : only.includes(name)))
    .map((entry) => (entry.isDirectory() ? bytesIn(join(directory, entry.name)) : statSync(join(directory, entry.name)).size))
    .reduce((sum, size) => sum + size, 0)
}
