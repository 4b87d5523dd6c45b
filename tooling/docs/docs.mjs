// Writes what is generated; with --check says what would change, and fails. --listings writes only the sources that list
// the services: they need nothing built, and what is built needs them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documents } from './documents.mjs'
import { listings } from './listings.mjs'
import { openWorkspace } from './workspace.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const flags = process.argv.slice(2)

try {
  const written = flags.includes('--listings') ? await listings(root) : await documents(await openWorkspace(root))
  const stale = [...written].filter(([path, text]) => textOf(path) !== text)
  if (flags.includes('--check')) {
    for (const [path] of stale) console.error(`${path} is not what is generated; run npm run docs and commit the difference`)
    process.exitCode = stale.length === 0 ? 0 : 1
  } else {
    for (const [path, text] of stale) writeFileSync(join(root, path), text)
    console.log(stale.length === 0 ? 'Everything is as it is generated.' : `Written: ${stale.map(([path]) => path).join(', ')}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** @param {string} path */
function textOf(path) {
  const file = join(root, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
