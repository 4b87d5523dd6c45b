import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { bundleEntry } from '../bundle-package.mjs'

const run = promisify(execFile)

describe('a bundled program', () => {
  const home = mkdtempSync(join(tmpdir(), 'rackwarden-bundle-'))
  const cache = join(home, 'cache')
  const loader = join(home, 'dist/bin.cjs')
  let bundle: Awaited<ReturnType<typeof bundleEntry>>
  beforeAll(async () => {
    mkdirSync(join(home, 'dist'))
    bundle = await bundleEntry({ name: 'bin', loader, source: fileURLToPath(new URL('fixture/bin.ts', import.meta.url)) })
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  async function start(args: string[], { program = loader, cacheHome = cache } = {}): Promise<string> {
    const { stdout } = await run(process.execPath, [program, ...args], { env: { XDG_CACHE_HOME: cacheHome } })
    return stdout.trim()
  }

  function caches(): string[] {
    return readdirSync(join(cache, 'rackwarden')).map((name) => join(cache, 'rackwarden', name))
  }

  test('is executable and evaluates a lazy module on first use only, sharing what both import', async ({ expect }) => {
    expect(statSync(loader).mode & 0o111).toBe(0o111)
    expect(await start([])).toBe('started, remembered: bin')
    expect(await start(['lazy'])).toBe('lazy is evaluated\ndefault named remembered: bin, lazy')
  })

  test('evaluates what it imports when something of it is used, and never if nothing is', async ({ expect }) => {
    expect(await start([])).not.toContain('late')
    for (const command of ['late', 'later']) expect(await start([command])).toBe('late is evaluated\nlate')
  })

  test('imports libraries lazily, CommonJS by default and by name', async ({ expect }) => {
    expect(await start(['library'])).toBe('checked')
    expect(await start(['legacy'])).toBe('42 42')
    expect(bundle.startBytes).toBeLessThan(10_000)
  })

  test('keeps a code cache of its own user and does without one that is broken or foreign', async ({ expect }) => {
    await start([])
    const made = caches()
    expect(made.length).toBeGreaterThan(0)
    expect(made.every((file) => (statSync(file).mode & 0o777) === 0o600)).toBe(true)
    for (const file of made) writeFileSync(file, 'not a cache')
    expect(await start([])).toBe('started, remembered: bin')
    expect(made.some((file) => readFileSync(file).length > 100)).toBe(true)
    for (const file of made) {
      writeFileSync(file, 'foreign')
      chmodSync(file, 0o666)
    }
    expect(await start([])).toBe('started, remembered: bin')
  })

  test('does without a code cache that a bad disk changed', async ({ expect }) => {
    await start([])
    for (const file of caches()) {
      const bytes = readFileSync(file)
      for (let at = 64; at < bytes.length; at += 97) bytes[at] = bytes[at]! ^ 1
      writeFileSync(file, bytes)
    }
    expect(await start([])).toBe('started, remembered: bin')
    expect(await start([])).toBe('started, remembered: bin')
  })

  test('starts where the cache directory cannot be made', async ({ expect }) => {
    const file = join(home, 'file')
    writeFileSync(file, '')
    for (const cacheHome of [file, '/proc', '/proc/none', 'relative', ''])
      expect(await start([], { cacheHome })).toBe('started, remembered: bin')
  })

  test('runs from wherever it is moved to and knows its own address', async ({ expect }) => {
    const moved = join(home, 'moved')
    renameSync(join(home, 'dist'), moved)
    const program = join(moved, 'bin.cjs')
    expect(await start(['lazy'], { program })).toContain('default named')
    expect(await start(['url'], { program })).toBe(`file://${moved}/bin-chunks/main.cjs`)
    renameSync(moved, join(home, 'dist'))
  })

  test('keeps the exit code and prints no wall of source', async ({ expect }) => {
    const failure = await run(process.execPath, [loader, 'throw'], { env: {} }).catch((error: { code: number; stderr: string }) => error)
    expect(failure).toMatchObject({ code: 3 })
    expect(failure.stderr).toContain('thrown on purpose')
    expect(failure.stderr.length).toBeLessThan(2_000)
  })

  test('names the foreign packages it contains, with their licences', ({ expect }) => {
    const text = [...bundle.notices].find(([name]) => name.startsWith('fast-check '))?.[1]
    expect(text).toContain('MIT License')
    expect(bundle.inputs).toContain('tooling/bundle/test/fixture/lazy.ts')
  })
})
