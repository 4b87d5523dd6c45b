import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from '@rackwarden/core/runtime'
import { requireComponent } from '@rackwarden/lab'
import { failure } from '@rackwarden/core/testing'
import { describe, expect, test } from 'vitest'
import { openFiles } from '../src/index.ts'
import { pinned, serve, through, until } from './ways.ts'

const missing = requireComponent('sshd')

describe.skipIf(missing !== undefined)('files of a host', () => {
  async function open(options: Parameters<typeof serve>[0] = {}) {
    const server = await serve(options)
    const directory = join(server.directory, 'files')
    await mkdir(directory)
    const connection = through(pinned(server))
    return { server, connection, files: openFiles(connection), at: (name: string) => join(directory, name), directory }
  }

  test('are read whole, in part, and where their size is said to be nothing', async () => {
    const { files, at } = await open()
    const content = Buffer.alloc(300_000, 'ünïcode ')
    await writeFile(at('large'), content)
    await writeFile(at('empty'), '')
    expect(await files.read(at('large'))).toEqual({ content, truncated: false })
    expect(await files.read(at('large'), { maxBytes: 300_000 })).toEqual({ content, truncated: false })
    expect(await files.read(at('large'), { maxBytes: 40_000 })).toEqual({ content: content.subarray(0, 40_000), truncated: true })
    expect(await files.read(at('large'), { start: 299_990, maxBytes: 100 })).toEqual({
      content: content.subarray(299_990),
      truncated: false,
    })
    expect(await files.read(at('empty'))).toEqual({ content: Buffer.alloc(0), truncated: false })
    expect((await files.read('/proc/version')).content.toString()).toContain('Linux version')
  })

  test('are replaced in one step, and keep their mode; new ones are private unless said', async () => {
    const { files, at, directory } = await open()
    await writeFile(at('old'), 'before')
    await chmod(at('old'), 0o754)
    const before = await stat(at('old'))
    const content = Buffer.alloc(200_000, 'after')
    await files.write(at('old'), content)
    expect(await readFile(at('old'))).toEqual(content)
    const after = await stat(at('old'))
    expect(after.mode).toBe(before.mode)
    expect(after.ino).not.toBe(before.ino)
    await files.write(at('new'), 'text ü\n')
    await files.write(at('shared'), '', { mode: 0o644 })
    expect(await readFile(at('new'), 'utf8')).toBe('text ü\n')
    expect((await stat(at('new'))).mode & 0o777).toBe(0o600)
    expect((await stat(at('shared'))).mode & 0o777).toBe(0o644)
    expect((await readdir(directory)).toSorted()).toEqual(['new', 'old', 'shared'])
  })

  test.skipIf(process.getuid?.() !== 0)('keep their owner', async () => {
    const { files, at } = await open()
    await writeFile(at('theirs'), 'before')
    await chown(at('theirs'), 1234, 1235)
    await chmod(at('theirs'), 0o4755)
    await files.write(at('theirs'), 'after')
    expect(await stat(at('theirs'))).toMatchObject({ uid: 1234, gid: 1235, mode: 0o104755 })
  })

  test('behind a link are replaced there, and the link stays', async () => {
    const { files, at } = await open()
    await writeFile(at('real'), 'before')
    await symlink('real', at('link'))
    await files.write(at('link'), 'after')
    expect(await readFile(at('real'), 'utf8')).toBe('after')
    expect(await readlink(at('link'))).toBe('real')
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true)
  })

  test('are listed by name with what they are, as many as are wanted', async () => {
    const { files, at, directory } = await open()
    await writeFile(at('b'), 'xyz')
    await mkdir(at('a'))
    await symlink('b', at('c'))
    const { entries, truncated } = await files.list(directory)
    expect(truncated).toBe(false)
    expect(entries).toMatchObject([
      { name: 'a', kind: 'directory' },
      { name: 'b', kind: 'file', size: 3, owner: process.getuid?.(), modified: Math.floor((await stat(at('b'))).mtimeMs / 1000) * 1000 },
      { name: 'c', kind: 'link' },
    ])
    expect(await files.list(directory, { most: 2 })).toMatchObject({ entries: [{}, {}], truncated: true })
    expect(await files.stat(at('c'))).toMatchObject({ name: 'c', kind: 'file', size: 3 })
  })

  test('that are not there, not files, or not ours are told as such', async () => {
    const { files, at, directory } = await open()
    execFileSync('mkfifo', [at('pipe')])
    expect(await failure(files.read(at('nothing')))).toMatchObject({ code: 'not_found', message: expect.stringContaining(at('nothing')) })
    expect(await failure(files.stat(at('nothing')))).toMatchObject({ code: 'not_found' })
    expect(await failure(files.list(at('nothing')))).toMatchObject({ code: 'not_found' })
    expect(await failure(files.write(join(at('nothing'), 'x'), ''))).toMatchObject({ code: 'not_found' })
    expect(await failure(files.read(at('pipe')))).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('pipe') })
    expect(await failure(files.write(directory, ''))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('directory'),
    })
    expect(await failure(files.read('a\0b'))).toMatchObject({ code: 'invalid_input' })
    expect(await failure(files.write('/proc/version', 'x'))).toMatchObject({ code: expect.stringMatching(/forbidden|upstream|not_found/) })
  })

  test('are reached over one channel, which is opened anew after the connection was lost', async () => {
    const { server, files, at } = await open({ maxSessions: 1 })
    await writeFile(at('x'), 'x')
    await Promise.all(Array.from({ length: 20 }, async () => files.read(at('x'))))
    await server.stop()
    await server.start()
    await until(async () =>
      files.read(at('x')).then(
        () => true,
        () => false,
      ),
    )
    expect(server.connections()).toHaveLength(1)
  })

  test('are only refused where the server has none', async () => {
    const { connection, files, at } = await open({ configuration: ['ForceCommand exit 0'] })
    expect((await failure(files.read(at('x')))).code).toMatch(/upstream|unreachable|forbidden/)
    await connection.close()
    const log = () => undefined
    expect(() => openFiles(createConnection({}, { log }))).toThrow(expect.objectContaining({ code: 'invalid_config' }))
  })
})
