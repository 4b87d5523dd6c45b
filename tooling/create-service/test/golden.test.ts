import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { kinds } from '../package-files.mjs'

/** What makes a template the kind it is; everything else they have in common. */
const ownFiles = ['README.md', 'src/client.ts', 'src/index.ts', 'src/simulate.ts', 'test/client.test.ts']

/** Where reads answer from what was pushed, health says how old it is. */
const pushed = ['socket', 'library']

const directoryOf = (kind: string) => fileURLToPath(new URL(`../template-${kind}`, import.meta.url))

function filesOf(kind: string): string[] {
  const directory = directoryOf(kind)
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}

/** The template a file is written in; the others repeat it. */
function originalOf(file: string, kind: string): string {
  return file === 'src/facets.ts' && pushed.includes(kind) ? 'socket' : 'http'
}

test.each(kinds)('template-%s has in common with the others what does not make it the kind it is', (kind) => {
  const shared = filesOf('http').filter((file) => !ownFiles.includes(file))
  for (const file of shared) {
    const [original, repeated] = [originalOf(file, kind), kind].map((one) => join(directoryOf(one), file))
    // As with every golden: `npm run goldens` carries over what was changed in the original.
    if (process.env['RACKWARDEN_GOLDENS'] === 'update' && original !== repeated) copyFileSync(original ?? '', repeated ?? '')
    expect(readFileSync(repeated ?? '', 'utf8'), `${file} of template-${kind}`).toBe(readFileSync(original ?? '', 'utf8'))
  }
})

test('every kind that can be asked for has a template, and the other way round', () => {
  const templates = readdirSync(fileURLToPath(new URL('..', import.meta.url))).filter((name) => name.startsWith('template-'))
  expect(templates.toSorted()).toEqual(kinds.map((kind) => `template-${kind}`).toSorted())
})
