// A bin contains packages its manifest does not depend on. This gives every package whose bundle contains a changed
// file a patch changeset; with --check it only says which are missing.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const records = join(root, 'tooling/bundle/dist')
const base = valueOf('--base') ?? 'origin/main'

const changed = new Set(lines(execFileSync('git', ['diff', '--name-only', '--merge-base', base], { cwd: root, encoding: 'utf8' })))
const covered = new Set(
  changesetTexts().flatMap((text) => [...text.matchAll(/^['"]?([@\w/-]+)['"]?: (?:patch|minor|major)$/gm)].map(([, name]) => name)),
)
const affected = bundles()
  .filter(({ inputs }) => inputs.some((input) => changed.has(input)))
  .map(({ name }) => name)
const missing = affected.filter((name) => !covered.has(name))

if (missing.length === 0) console.log('Every package whose bundle changed has a changeset.')
else if (process.argv.includes('--check')) {
  console.error(`Run \`npm run release:plan\`: no changeset for ${missing.join(', ')}, whose bundles contain changed files.`)
  process.exitCode = 1
} else {
  const file = '.changeset/bundled-changes.md'
  const header = missing.map((name) => `'${name}': patch`).join('\n')
  writeFileSync(join(root, file), `---\n${header}\n---\n\nThe program contains the current core and server.\n`)
  console.log(`${file}: ${missing.join(', ')}`)
}

/** @returns {{ name: string, inputs: string[] }[]} */
function bundles() {
  const files = existsSync(records) ? readdirSync(records).filter((name) => name.endsWith('.json')) : []
  if (files.length === 0) throw new Error('There are no bundles yet: run `npm run build` first.')
  return files.map((name) => JSON.parse(readFileSync(join(records, name), 'utf8')))
}

function changesetTexts() {
  const directory = join(root, '.changeset')
  return readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(join(directory, name), 'utf8'))
}

/** @param {string} text */
function lines(text) {
  return text.split('\n').filter(Boolean)
}

/** @param {string} option */
function valueOf(option) {
  const index = process.argv.indexOf(option)
  return index === -1 ? undefined : process.argv[index + 1]
}
