// Writes what is generated; with --check says what would change, and fails. --listings writes only the sources that list
// the services: they need nothing built, and what is built needs them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toldTo } from '../bootstrap/program.mjs'
import { stale } from './drift.mjs'
import { listings } from './listings.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values: told } = toldTo({
  command: 'npm run docs --',
  does: 'Writes what is generated: tables, snippets, lists of services, .env.example, server.json.',
  options: {
    check: { type: 'boolean', says: 'writes nothing, and fails where anything would change' },
    listings: { type: 'boolean', says: 'only the sources that list the services' },
  },
})

try {
  const written = told.listings === true ? await listings(root) : await everything()
  const changed = stale(root, written)
  if (told.check === true) {
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
