import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toldTo } from '../bootstrap/program.mjs'
import { bundleEntry, bundleLibraries, entriesOf, librariesOf } from './bundle-package.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const records = join(root, 'tooling/bundle/dist')
const { values: told } = toldTo({
  command: 'npm run bundle --',
  does: 'Bundles the programs and libraries that are shipped.',
  options: { 'if-stale': { type: 'boolean', says: 'only programs older than what they are made of' } },
})
const onlyStale = told['if-stale'] === true
// A package that is no more must not be planned for.
if (!onlyStale) rmSync(records, { recursive: true, force: true })
mkdirSync(records, { recursive: true })

for (const directory of ['packages', 'apps'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))) {
  const entries = entriesOf(directory)
  const hasLibraries = librariesOf(directory).length > 0
  if (entries.length === 0 && (onlyStale || !hasLibraries)) continue
  /** @type {{ name: string }} */
  const { name } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const record = join(records, `${name.replace('/', '-')}.json`)
  if (onlyStale && isFresh(record, entries)) continue
  const bundles = await Promise.all(entries.map(bundleEntry)).catch(giveUp)
  const contents = hasLibraries ? [await bundleLibraries(directory).catch(giveUp), ...bundles] : bundles
  writeNotices(directory, new Map(contents.flatMap(({ notices }) => [...notices])))
  const inputs = [...new Set(contents.flatMap((bundle) => bundle.inputs))]
  writeFileSync(record, JSON.stringify({ name, inputs }, undefined, 2))
  for (const bundle of bundles) {
    const kilobytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1000)} kB`
    console.log(`${name} ${bundle.name}: ${kilobytes(bundle.startBytes)} at start, ${kilobytes(bundle.bytes)} in ${bundle.files} files`)
    for (const note of bundle.notes) console.log(`  ${note}`)
  }
}

/**
 * @param {string} directory
 * @param {Map<string, string>} notices
 */
function writeNotices(directory, notices) {
  const sorted = eachTextOnce([...notices].toSorted(([a], [b]) => a.localeCompare(b)))
  writeFileSync(join(directory, 'dist/THIRD-PARTY-NOTICES'), `${sorted.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}

/**
 * Licences of one wording stand there once, under the first package that has it; the others say where.
 * @param {[name: string, text: string][]} notices
 */
function eachTextOnce(notices) {
  /** @type {Map<string, string>} */
  const first = new Map()
  return notices.map(([name, text]) => {
    const [head = '', ...rest] = text.split('\n\n')
    const wording = rest.join('\n\n')
    const known = first.get(wording)
    if (known !== undefined && wording !== '') return `${head}\n\nThe text of its licence is that of ${known}.`
    first.set(wording, name)
    return text
  })
}

/**
 * Whether programs are newer than everything they were made of.
 * @param {string} record
 * @param {import('./bundle-package.mjs').Entry[]} entries
 */
function isFresh(record, entries) {
  try {
    const made = Math.min(...[record, ...entries.map(({ loader }) => loader)].map(timeOf))
    /** @type {{ inputs: string[] }} */
    const { inputs } = JSON.parse(readFileSync(record, 'utf8'))
    const sources = inputs.filter((input) => !input.includes('node_modules/'))
    const own = readdirSync(join(root, 'tooling/bundle')).map((file) => `tooling/bundle/${file}`)
    const files = [...sources, ...own.filter((file) => /\.[cm]js$/.test(file)), 'pnpm-lock.yaml']
    return files.every((file) => timeOf(join(root, file)) <= made)
  } catch {
    return false
  }
}

/** @param {string} file */
function timeOf(file) {
  return statSync(file).mtimeMs
}

/**
 * esbuild has printed what is wrong already.
 * @returns {never}
 */
function giveUp() {
  process.exit(1)
}
