import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineProgram, readArguments } from '../bootstrap/program.mjs'
import { whyNoName } from './names.mjs'
import { kinds, packageFiles } from './package-files.mjs'
import { joinWorkspace } from './workspace.mjs'

export const program = defineProgram({
  command: 'npm run create-service --',
  does: 'Makes a new service that works, reached in one of these ways, to be made yours.',
  options: {
    http: { type: 'boolean', says: 'by requests of HTTP' },
    exec: { type: 'boolean', says: 'by commands' },
    socket: { type: 'boolean', says: 'by a protocol of its own' },
    library: { type: 'boolean', says: "by a library of its domain's" },
  },
  takes: '<name>',
})

/**
 * What was asked for; throws why it cannot be done.
 * @param {string[]} args
 * @returns {{ name: string, kind: string }}
 */
export function readService(args) {
  const { values, positionals } = readArguments(
    program,
    args.filter((word) => word !== '--'),
  )
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0) throw new Error('Give one name.')
  const wrong = whyNoName(name)
  if (wrong !== undefined) throw new Error(wrong)
  const [kind, ...more] = kinds.filter((flag) => Object.hasOwn(values, flag))
  if (kind === undefined || more.length > 0)
    throw new Error(`Say how it is reached, in one way: ${kinds.map((flag) => `--${flag}`).join(' or ')}.`)
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
