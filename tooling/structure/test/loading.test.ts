import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'vitest'
import { serviceNames } from '../packages.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const recorder = new URL('../record-imports.mjs', import.meta.url).href
const services = serviceNames(root)

/** The packages a process loads for one import, by their names. */
async function packagesLoadedBy(entry: string): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-loading-'))
  const record = join(directory, 'record')
  writeFileSync(record, '')
  try {
    await promisify(execFile)(
      process.execPath,
      [
        '--conditions=@rackwarden/source',
        '--import',
        recorder,
        '--input-type=module',
        '--eval',
        `await import(${JSON.stringify(pathToFileURL(entry).href)})`,
      ],
      { cwd: root, env: { ...process.env, RECORD_IMPORTS_TO: record } },
    )
    const urls = readFileSync(record, 'utf8').split('\n')
    return [...new Set(urls.filter((url) => url.startsWith('file:')).map((url) => packageOf(fileURLToPath(url))))].toSorted()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function packageOf(file: string): string {
  for (let directory = dirname(file); directory !== dirname(directory); directory = dirname(directory)) {
    if (!existsSync(join(directory, 'package.json'))) continue
    const { name } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name?: string }
    if (name !== undefined) return name
  }
  return file
}

test.for(services)('importing the service %s loads nothing but zod and core', async (service, { expect }) => {
  const own = `@rackwarden/${service}`
  const loaded = await packagesLoadedBy(join(root, 'packages', service, 'src/index.ts'))
  expect(loaded).toContain(own)
  expect(loaded.filter((name) => ![own, '@rackwarden/core', 'zod'].includes(name))).toEqual([])
})

test.for(['index.ts', 'runtime.ts'])('importing %s of core loads nothing but zod', async (entry, { expect }) => {
  const loaded = await packagesLoadedBy(join(root, 'packages/core/src', entry))
  expect(loaded.filter((name) => !['@rackwarden/core', 'zod'].includes(name))).toEqual([])
})

test('a library imported at the start would be seen', async ({ expect }) => {
  expect(await packagesLoadedBy(fileURLToPath(new URL('fixture/eager.ts', import.meta.url)))).toContain('fast-check')
})
