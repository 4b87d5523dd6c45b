import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleEntry, entriesOf } from './bundle-package.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const records = join(root, 'tooling/bundle/dist')
mkdirSync(records, { recursive: true })

for (const directory of ['packages', 'apps'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))) {
  const entries = entriesOf(directory)
  if (entries.length === 0) continue
  /** @type {{ name: string }} */
  const { name } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const bundles = await Promise.all(entries.map(bundleEntry))
  const notices = new Map(bundles.flatMap((bundle) => [...bundle.notices]))
  const sorted = [...notices].toSorted(([a], [b]) => a.localeCompare(b)).map(([, text]) => text)
  writeFileSync(join(directory, 'dist/THIRD-PARTY-NOTICES'), `${sorted.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
  const inputs = [...new Set(bundles.flatMap((bundle) => bundle.inputs))]
  writeFileSync(join(records, `${name.replace('/', '-')}.json`), JSON.stringify({ name, inputs }, undefined, 2))
  for (const bundle of bundles) {
    const kilobytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1000)} kB`
    console.log(`${name} ${bundle.name}: ${kilobytes(bundle.startBytes)} at start, ${kilobytes(bundle.bytes)} in ${bundle.files} files`)
    for (const note of bundle.notes) console.log(`  ${note}`)
  }
}
