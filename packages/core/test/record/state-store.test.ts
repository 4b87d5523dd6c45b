import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFileStore } from '../../src/record/state-store.ts'
import { bundle, mountRefused, onSmallDisk, printed, temporaryDirectory } from './disk.ts'

const refused = mountRefused()
if (refused) process.stderr.write(`state store on a read-only and on a full disk: skipped, ${refused}\n`)

describe('file store', () => {
  test('a record is read back, replaced, listed, claimed once and removed', async () => {
    const directory = join(temporaryDirectory(onTestFinished), 'state')
    const store = createFileStore(directory)
    expect(await store.read('plans/a.json')).toBeUndefined()
    expect(await store.list('plans')).toEqual([])
    expect(await store.claim('plans/a.json', 'claimed/a.json')).toBe(false)
    await store.write('plans/b.json', 'b')
    await store.write('plans/a.json', 'a')
    await store.write('plans/a.json', 'ä')
    expect(await store.read('plans/a.json')).toBe('ä')
    expect(await store.list('plans')).toEqual(['a.json', 'b.json'])
    expect(await store.claim('plans/a.json', 'claimed/deep/a.json')).toBe(true)
    expect(await store.claim('plans/a.json', 'claimed/deep/a.json')).toBe(false)
    expect(await store.read('claimed/deep/a.json')).toBe('ä')
    await store.remove('plans/b.json')
    await store.remove('plans/b.json')
    expect(await store.list('plans')).toEqual([])
  })

  test('files and directories are for the owner only', async () => {
    const directory = join(temporaryDirectory(onTestFinished), 'state')
    const store = createFileStore(directory)
    await store.write('changes/a.json', 'a')
    await store.create('seal.key', 'k')
    const mode = (...path: string[]): number => statSync(join(directory, ...path)).mode & 0o777
    expect([mode(), mode('changes'), mode('changes', 'a.json'), mode('seal.key')]).toEqual([0o700, 0o700, 0o600, 0o600])
  })

  test('a created record is never overwritten', async () => {
    const store = createFileStore(temporaryDirectory(onTestFinished))
    expect(await store.create('keys/a', 'first')).toBe(true)
    expect(await store.create('keys/a', 'second')).toBe(false)
    expect(await store.read('keys/a')).toBe('first')
    expect(readdirSync(join(store.directory, '.temporary'))).toEqual([])
  })

  test.each(['../a', '/etc/passwd', 'a/../../b', '', 'a//b', '.', '.hidden/a', 'a\\..\\b', 'a\0b', 'C:x', 'a/'])(
    'the path %j is refused',
    async (path) => {
      const store = createFileStore(temporaryDirectory(onTestFinished))
      const refusal = { code: 'invalid_input' }
      await expect(store.read(path)).rejects.toMatchObject(refusal)
      await expect(store.write(path, 'x')).rejects.toMatchObject(refusal)
      await expect(store.create(path, 'x')).rejects.toMatchObject(refusal)
      await expect(store.claim(path, 'b')).rejects.toMatchObject(refusal)
      await expect(store.claim('b', path)).rejects.toMatchObject(refusal)
      await expect(store.remove(path)).rejects.toMatchObject(refusal)
      await expect(store.list(path)).rejects.toMatchObject(refusal)
    },
  )

  test('the first write takes stale temporary files away and leaves young ones', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const folder = join(directory, '.temporary')
    mkdirSync(folder)
    writeFileSync(join(folder, 'old'), '')
    writeFileSync(join(folder, 'young'), '')
    const twoHoursAgo = Date.now() / 1000 - 7200
    utimesSync(join(folder, 'old'), twoHoursAgo, twoHoursAgo)
    await createFileStore(directory).write('a', 'a')
    expect(readdirSync(folder)).toEqual(['young'])
  })

  test('a state directory that is a file refuses writes and reads as empty', async () => {
    const directory = join(temporaryDirectory(onTestFinished), 'file')
    writeFileSync(directory, '')
    chmodSync(directory, 0o600)
    const store = createFileStore(directory)
    await expect(store.write('a', 'a')).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('not a directory') })
    expect(await store.read('a')).toBeUndefined()
    expect(await store.list('plans')).toEqual([])
  })

  test('of several processes exactly one claims or creates each record', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const child = await bundle('./store.child.ts', directory)
    const state = join(directory, 'state')
    mkdirSync(join(state, 'plans'), { recursive: true })
    for (let index = 0; index < 500; index += 1) writeFileSync(join(state, 'plans', `${index}.json`), String(index))
    const crowd = (job: string): Promise<string[][]> =>
      Promise.all(['a', 'b', 'c', 'd'].map((name) => printed(process.execPath, [child, job, state, name]) as Promise<string[]>))
    const claimed = (await crowd('claim')).flat()
    expect(claimed).toHaveLength(500)
    expect(new Set(claimed).size).toBe(500)
    expect(readdirSync(join(state, 'claimed'))).toHaveLength(500)
    const created = (await crowd('create')).flat()
    expect(created.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 50 }, (_, index) => String(index)))
  })

  test.skipIf(refused)('on a read-only disk reads go on and writes say why not', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const child = await bundle('./store.child.ts', directory)
    const disk = join(directory, 'disk')
    mkdirSync(disk)
    const denied = {
      code: 'denied',
      message: `The state directory ${disk} cannot be written: read-only file system.`,
      hint: expect.any(String),
    }
    expect(await onSmallDisk(disk, child, 'read-only', disk, '')).toEqual({
      write: denied,
      claim: denied,
      remove: denied,
      read: 'before',
      list: ['a.json'],
      left: [],
    })
    expect(existsSync(join(disk, 'plans'))).toBe(false)
  })

  test.skipIf(refused)('on a full disk reads go on, writes say why not and leave nothing behind', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const child = await bundle('./store.child.ts', directory)
    const disk = join(directory, 'disk')
    mkdirSync(disk)
    expect(await onSmallDisk(disk, child, 'full', disk, '')).toEqual({
      write: {
        code: 'denied',
        message: `The state directory ${disk} cannot be written: no space left on the device.`,
        hint: expect.stringContaining('RACKWARDEN_STATE_DIR'),
      },
      read: 'before',
      list: ['a.json'],
      left: [],
    })
  })
})
