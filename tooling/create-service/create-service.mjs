import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { whyNoName } from './names.mjs'
import { kinds, packageFiles } from './package-files.mjs'
import { joinWorkspace } from './workspace.mjs'

const usage = `npm run create-service -- <name> ${kinds.map((kind) => `--${kind}`).join('|')}`

/**
 * What was asked for, or why it cannot be done.
 * @param {string[]} args
 * @returns {{ name: string, kind: string } | { refused: string }}
 */
export function readArguments(args) {
  /** @type {{ values: Record<string, unknown>, positionals: string[] }} */
  let parsed
  try {
    const options = Object.fromEntries(kinds.map((flag) => [flag, { type: /** @type {const} */ ('boolean') }]))
    parsed = parseArgs({ args: args.filter((word) => word !== '--'), options, allowPositionals: true })
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) }
  }
  const [name, ...others] = parsed.positionals
  if (name === undefined || others.length > 0) return { refused: 'Give one name.' }
  const wrong = whyNoName(name)
  if (wrong !== undefined) return { refused: wrong }
  const [kind, ...more] = kinds.filter((flag) => parsed.values[flag] === true)
  if (kind === undefined || more.length > 0)
    return { refused: `Say how it is reached, in one way: ${kinds.map((flag) => `--${flag}`).join(' or ')}.` }
  return { name, kind }
}

/**
 * Writes the package of a new service and makes it known to the workspace.
 * @param {string} root
 * @param {{ name: string, kind: string }} service
 * @returns {string[]} The files written, by their path from the root.
 */
export function createService(root, { name, kind }) {
  const directory = `packages/${name}`
  // What git leaves of one that was taken back, as `node_modules`, is in nobody's way.
  if (existsSync(join(root, directory, 'package.json'))) throw new Error(`${directory} exists already.`)
  const files = packageFiles(name, kind)
  const changed = joinWorkspace(root, name)
  for (const [path, text] of files) {
    const file = join(root, directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return [...[...files.keys()].map((path) => `${directory}/${path}`), ...changed]
}

/**
 * What to do with a new service.
 * @param {string} name
 */
export function nextSteps(name) {
  return [
    `packages/${name} is a service now: with jobs that can be listed, started and stopped, at a made-up upstream. It stands in the hub and in the demo.`,
    '',
    `  npm run test:unit -- packages/${name}`,
    `  node packages/${name}/dist/bin.cjs call list_jobs --demo`,
    '',
    'Make it yours: src/client.ts and src/simulate.ts first, then src/tools.ts, src/facets.ts, README.md and the changeset;',
    'docs/adding-a-service.md goes through it step by step.',
  ].join('\n')
}

export { usage }
