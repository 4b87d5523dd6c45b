import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The SDK as this workspace has it, with all it depends on: what a server written on it would have installed.
 * @returns {{ packages: string[], megabytes: number }}
 */
export function sdkSource() {
  /** @type {Map<string, number>} */
  const sizes = new Map()
  const visit = (/** @type {string} */ link) => {
    const directory = realpathSync(link)
    if (sizes.has(directory)) return
    sizes.set(directory, bytesIn(directory))
    /** @type {{ dependencies?: Record<string, string> }} */
    const { dependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    // pnpm puts what a package depends on beside it.
    const depth = directory.slice(directory.lastIndexOf('node_modules/')).split('/').length - 1
    for (const name of Object.keys(dependencies)) visit(join(directory, ...Array.from({ length: depth }, () => '..'), name))
  }
  for (const name of ['@modelcontextprotocol/server', '@modelcontextprotocol/node', 'zod'])
    visit(fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url)))
  return { packages: [...sizes.keys()], megabytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024 ** 2 }
}

/**
 * @param {string} directory
 * @returns {number}
 */
function bytesIn(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .map((entry) => (entry.isDirectory() ? bytesIn(join(directory, entry.name)) : statSync(join(directory, entry.name)).size))
    .reduce((sum, size) => sum + size, 0)
}
