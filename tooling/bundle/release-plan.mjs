// A program contains packages its manifest does not depend on, and libraries are shipped inside what uses them. This
// gives every package that ships something changed a patch changeset; with --check it only says which are missing.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { toldTo } from '../bootstrap/program.mjs'
import { shippedChanges } from './shipped-changes.mjs'

const { values: told } = toldTo({
  command: 'npm run release:plan --',
  does: 'Gives every package that ships something changed a patch changeset.',
  options: {
    check: { type: 'boolean', says: 'writes nothing, and fails where one is missing' },
    base: { type: 'string', value: '<commit>', says: 'what it has changed since; origin/main when not given' },
    root: { type: 'string', value: '<directory>', says: 'of the workspace, where it is not this one' },
  },
})
const root = told.root ?? fileURLToPath(new URL('../..', import.meta.url))
const records = fileURLToPath(new URL('dist', import.meta.url))
const onlyCheck = told.check === true
const lockFile = 'pnpm-lock.yaml'
const own = 'bundled-changes.md'

const base = git('merge-base', told.base ?? 'origin/main', 'HEAD').trim()
const changes = shippedChanges(shippedRecords(), {
  files: new Set(git('diff', '--name-only', base).split('\n')),
  before: parse(git('show', `${base}:${lockFile}`)),
  now: parse(readFileSync(join(root, lockFile), 'utf8')),
})
const covered = coveredPackages()
const missing = changes.filter(({ name }) => !covered.has(name))

if (missing.length === 0) console.log('Every package that ships something changed has a changeset.')
else if (onlyCheck) {
  const names = missing.map(({ name }) => name).join(', ')
  console.error(`Run \`npm run release:plan\`: no changeset for ${names}, which ship changed files or libraries.`)
  process.exitCode = 1
} else {
  const header = missing.map(({ name }) => `'${name}': patch`).join('\n')
  const libraries = [...new Set(missing.flatMap((change) => change.libraries))].toSorted()
  const which = libraries.length === 0 ? '' : `: ${libraries.join(', ')}`
  writeFileSync(join(root, '.changeset', own), `---\n${header}\n---\n\nWhat is shipped inside is current${which}.\n`)
  console.log(`.changeset/${own}: ${missing.map(({ name }) => name).join(', ')}`)
}

/** @returns {import('./shipped-changes.mjs').Record[]} */
function shippedRecords() {
  const files = existsSync(records) ? readdirSync(records).filter((name) => name.endsWith('.json')) : []
  if (files.length === 0) throw new Error('There are no bundles yet: run `npm run build` first.')
  return files.map((name) => JSON.parse(readFileSync(join(records, name), 'utf8')))
}

/** What is written anew covers nothing yet. */
function coveredPackages() {
  const directory = join(root, '.changeset')
  const texts = readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md' && (onlyCheck || name !== own))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
  return new Set(texts.flatMap((text) => [...text.matchAll(/^['"]?([@\w/-]+)['"]?: (?:patch|minor|major)$/gm)].map(([, name]) => name)))
}

/** @param {string[]} args */
function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 })
}
