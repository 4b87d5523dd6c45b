// Writes what is generated; with --check says what would change, and fails. --listings writes only the sources that list
// the services: they need nothing built, and what is built needs them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stale } from './drift.mjs'
import { listings } from './listings.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const flags = process.argv.slice(2)

try {
  const written = flags.includes('--listings') ? await listings(root) : await everything()
  const changed = stale(root, written)
  if (flags.includes('--check')) {
    for (const path of changed) console.error(`${path} is not what is generated; run npm run docs and commit the difference`)
    process.exitCode = changed.length === 0 ? 0 : 1
  } else {
    for (const path of changed) writeFileSync(join(root, path), written.get(path) ?? '')
    console.log(changed.length === 0 ? 'Everything is as it is generated.' : `Written: ${changed.join(', ')}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** What reads the packages as they are built is imported only where they have to be. */
async function everything() {
  const [{ documents }, { openWorkspace }] = await Promise.all([import('./documents.mjs'), import('./workspace.mjs')])
  return documents(await openWorkspace(root))
}
