import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * One source file of the workspace, by its path from the root.
 * @typedef {{ path: string, text: string }} SourceFile
 */

/**
 * One import as it is written.
 * @typedef {{ specifier: string, kind: 'static' | 'dynamic' | 'type' }} ImportSite
 */

/**
 * Reads every TypeScript source below the given directories, builds and dependencies left out.
 * @param {string} root
 * @param {readonly string[]} directories
 * @returns {SourceFile[]}
 */
export function readSources(root, directories) {
  return directories
    .flatMap((directory) => walk(join(root, directory)))
    .map((file) => ({ path: relative(root, file), text: readFileSync(file, 'utf8') }))
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function walk(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((found) => {
    const path = join(directory, found.name)
    if (found.isDirectory()) return ['node_modules', 'dist', 'dist-test', 'fixture'].includes(found.name) ? [] : walk(path)
    return found.name.endsWith('.ts') ? [path] : []
  })
}

const staticImport = /^\s*(import|export)\s+(type\s+)?(?:[\w$\s,*{}]*?from\s+)?['"]([^'"]+)['"]/gm
const dynamicImport = /\bimport\(\s*['"]([^'"]+)['"]/g

/**
 * The imports of a source text. A `typeof import('x')` counts as lazy: it loads nothing.
 * @param {string} text
 * @returns {ImportSite[]}
 */
export function importsOf(text) {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  /** @type {ImportSite[]} */
  const statics = [...code.matchAll(staticImport)].map(([, , type, specifier = '']) => ({ specifier, kind: type ? 'type' : 'static' }))
  /** @type {ImportSite[]} */
  const dynamics = [...code.matchAll(dynamicImport)].map(([, specifier = '']) => ({ specifier, kind: 'dynamic' }))
  return [...statics, ...dynamics]
}
