import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registryName } from '../docs/registry-name.mjs'
import { json } from './json.mjs'
import { formsOf, renamed } from './names.mjs'

/**
 * What a template stands on besides core and zod: at run time, and shipped inside its package.
 * @type {Record<string, { dependencies: Record<string, string>, shipped: Record<string, string> }>}
 */
const needs = {
  http: { dependencies: {}, shipped: {} },
  exec: { dependencies: { '@rackwarden/ssh': 'workspace:^' }, shipped: {} },
  socket: { dependencies: {}, shipped: {} },
  library: { dependencies: {}, shipped: { 'socket.io': 'catalog:', 'socket.io-client': 'catalog:' } },
}

/** The templates there are. */
export const kinds = Object.keys(needs)

/**
 * Every file of the package of a new service, by its path in it.
 * @param {string} name
 * @param {string} kind
 * @returns {Map<string, string>}
 */
export function packageFiles(name, kind) {
  const template = fileURLToPath(new URL(`template-${kind}`, import.meta.url))
  const copied = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map([
    ['package.json', json(manifestOf(name, kind))],
    ['tsconfig.json', json({ extends: '../../tooling/tsconfig/library.json', references: referencesTo(kind, '..') })],
    [
      'test/tsconfig.json',
      json({ extends: '../../../tooling/tsconfig/test.json', references: [{ path: '..' }, { path: '../../server' }] }),
    ],
    ...copied.map((file) => /** @type {const} */ ([file.slice(template.length + 1), renamed(readFileSync(file, 'utf8'), name)])),
  ])
}

/**
 * @param {string} name
 * @param {string} kind
 */
function manifestOf(name, kind) {
  return {
    name: `@rackwarden/${name}`,
    version: '0.0.0',
    description: `${formsOf(name).at(-1)} for an AI assistant: its jobs, and starting and stopping them.`,
    mcpName: registryName(name),
    license: 'MIT',
    keywords: ['mcp', 'homelab'],
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { '@rackwarden/source': './src/index.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', '!dist/.tsbuildinfo'],
    dependencies: {
      '@rackwarden/core': 'workspace:^',
      ...needs[kind]?.dependencies,
      zod: 'catalog:',
    },
    devDependencies: { '@rackwarden/server': 'workspace:^', ...needs[kind]?.shipped },
    engines: { node: '>=20.19' },
    publishConfig: {
      access: 'public',
      provenance: true,
      bin: { [`rackwarden-${name}`]: './dist/bin.cjs' },
      exports: { '.': './dist/index.js', './package.json': './package.json' },
    },
  }
}

/**
 * @param {string} kind
 * @param {string} packages
 */
function referencesTo(kind, packages) {
  const siblings = ['@rackwarden/core', ...Object.keys(needs[kind]?.dependencies ?? {})]
  return siblings.map((name) => ({ path: name.replace('@rackwarden', packages) }))
}
