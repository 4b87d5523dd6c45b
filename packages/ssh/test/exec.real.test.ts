import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireComponent, type SshServerOptions } from '@rackwarden/lab'
import { failure } from '@rackwarden/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pinned, serve, through, until } from './ways.ts'

const missing = requireComponent('sshd')

/** Whether a process that has a word among its arguments is alive. */
function runs(word: string): boolean {
  return readdirSync('/proc').some((id) => {
    try {
      const isZombie = readFileSync(`/proc/${id}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .startsWith('Z')
      return !isZombie && readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').includes(word)
    } catch {
      return false
    }
  })
}

const unique = () => `1${Math.random().toString().slice(2, 9)}`

/** A search path with nothing but busybox. */
async function busyboxPath(without: readonly string[] = []): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'busybox-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim()
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '' && !without.includes(name))
  for (const applet of applets) await symlink(busybox, join(directory, applet))
  return directory
}

const shells: Record<string, () => Promise<SshServerOptions>> = {
  'the login shell': async () => ({}),
  dash: async () => ({ shell: 'dash' }),
  bash: async () => ({ shell: 'bash' }),
  'busybox sh and nothing but busybox': async () => ({ shell: 'sh', path: await busyboxPath() }),
}

describe.skipIf(missing !== undefined).for(Object.entries(shells))('programs on a host with %s', ([, options]) => {
  test('are given their arguments and input, and answer with output, errors and exit code', async () => {
    const connection = through(pinned(await serve(await options())))
    const argv = ['printf', '%s|', "it's", '', '-n', '$HOME `id`', 'a\nb', 'ü→🙂', '*', '\\']
    expect(await connection.exec(argv)).toEqual({
      exitCode: 0,
      stdout: argv
        .slice(2)
        .map((text) => `${text}|`)
        .join(''),
      stderr: '',
      truncated: false,
    })
    expect(await connection.exec(['sh', '-c', 'cat; echo wrong >&2; exit 7'], { stdin: 'from\0here' })).toEqual({
      exitCode: 7,
      stdout: 'from\0here',
      stderr: 'wrong\n',
      truncated: false,
    })
    expect((await connection.exec(['cat'])).stdout).toBe('')
  })

  test('say by which signal they ended, and where they are not there', async () => {
    const connection = through(pinned(await serve(await options())))
    expect((await connection.exec(['sh', '-c', 'kill -KILL $$'])).exitCode).toBe(137)
    expect((await connection.exec(['sh', '-c', 'kill -TERM $$'])).exitCode).toBe(143)
    expect(await failure(connection.exec(['no-such-program', 'x']))).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining("'no-such-program' on 127.0.0.1:"),
    })
    expect((await connection.exec(['sh', '-c', 'exit 127'])).exitCode).toBe(127)
    expect((await connection.exec(['test', '1', '=', '2'])).exitCode).toBe(1)
  })

  test('are gone there when their time is up, children and all, and so is what guarded them', async () => {
    const connection = through(pinned(await serve(await options())))
    const seconds = unique()
    const error = await failure(
      connection.exec(['sh', '-c', `sleep ${seconds} & sh -c 'trap "" TERM; sleep ${seconds}; sleep ${seconds}'`], { timeoutMs: 700 }),
    )
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(/^sh did not end on 127.0.0.1:\d+ within 700 ms/) })
    await until(() => !runs(seconds))
    expect((await connection.exec(['echo', 'still there'])).stdout).toBe('still there\n')
  })

  test('are gone there when the caller gives up', async () => {
    const connection = through(pinned(await serve(await options())))
    const seconds = unique()
    const controller = new AbortController()
    const running = connection.exec(['sleep', seconds], { signal: controller.signal })
    await until(() => runs(seconds))
    controller.abort(new Error('not wanted any more'))
    await expect(running).rejects.toThrow('not wanted any more')
    await until(() => !runs(seconds))
  })

  test('are ended by the far side itself when we are gone', async () => {
    const server = await serve(await options())
    const connection = through(pinned(server))
    const seconds = unique()
    const running = failure(connection.exec(['sleep', seconds], { timeoutMs: 1500 }))
    await until(() => runs(seconds))
    await connection.close()
    expect(await running).toMatchObject({ code: 'unreachable' })
    await until(() => !runs(seconds))
  })

  test('leave no guard behind that outlives them', async () => {
    const connection = through(pinned(await serve(await options())))
    const seconds = 10_000 + Math.floor(Math.random() * 80_000)
    for (const _ of Array.from({ length: 5 })) await connection.exec(['true'], { timeoutMs: seconds * 1000 })
    await until(() => !runs(String(seconds + 1)))
  })
})

describe.skipIf(missing !== undefined)('programs on a host', () => {
  test('are cut at the cap, each stream by itself, and are not stopped by it', async () => {
    const connection = through(pinned(await serve()))
    const result = await connection.exec(['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x; echo short >&2; exit 3'], { maxBytes: 1000 })
    expect(result).toEqual({
      exitCode: 3,
      stdout: 'x'.repeat(1000),
      stderr: 'short\n',
      truncated: true,
      written: { stdout: 3_000_000, stderr: 6 },
    })
  })

  test('leave the end of what they said where that is asked for', async () => {
    const connection = through(pinned(await serve()))
    const script = 'head -c 3000000 /dev/zero | tr "\\0" x; printf end; echo short >&2; exit 3'
    const result = await connection.exec(['sh', '-c', script], { maxBytes: 1000, keep: 'tail' })
    expect(result).toMatchObject({
      exitCode: 3,
      stdout: `${'x'.repeat(997)}end`,
      stderr: 'short\n',
      written: { stdout: 3_000_003, stderr: 6 },
    })
  })

  test('take a large input and give it back', async () => {
    const connection = through(pinned(await serve()))
    const stdin = Buffer.alloc(5_000_000, 'abcdefghij')
    expect((await connection.exec(['cksum'], { stdin })).stdout).toBe(execFileSync('cksum', { input: stdin, encoding: 'utf8' }))
    // It closes its input unread.
    expect((await connection.exec(['true'], { stdin })).exitCode).toBe(0)
  })

  test('run fifty at once over one connection, a few at a time', async () => {
    const server = await serve()
    const connection = through(pinned(server))
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, server.connections().length)), 5)
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => connection.exec(['sh', '-c', `sleep 0.05; echo ${index}`])),
    )
    clearInterval(watch)
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 50 }, (_, index) => `${index}\n`))
    expect(most).toBe(1)
    expect(server.connections()).toHaveLength(1)
  })

  test.for([1, 3])('believe a server that allows no more than %i sessions', async (maxSessions) => {
    const connection = through(pinned(await serve({ maxSessions })))
    const results = await Promise.all(Array.from({ length: 12 }, async (_, index) => connection.exec(['echo', String(index)])))
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 12 }, (_, index) => `${index}\n`))
    const seconds = unique()
    expect(await failure(connection.exec(['sleep', seconds], { timeoutMs: 300 }))).toMatchObject({ code: 'timeout' })
    await until(() => !runs(seconds))
  })

  test('are not blamed for what the login shell says before them', async () => {
    const connection = through(
      pinned(await serve({ configuration: ['ForceCommand echo welcome; echo odd >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"'] })),
    )
    expect(await connection.exec(['echo', 'x'])).toEqual({ exitCode: 0, stdout: 'x\n', stderr: '', truncated: false })
  })

  test('are refused where the account runs something else instead', async () => {
    const connection = through(pinned(await serve({ configuration: ['ForceCommand echo This account is not for you.; exit 1'] })))
    expect(await failure(connection.exec(['true']))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('This account is not for you.'),
    })
  })

  test('that are named badly, or hold what no program can be given, are refused before anything is sent', async () => {
    const connection = through({ url: 'ssh://nobody@127.0.0.1:1', sshPassword: 'unused-here' })
    const server = through(pinned(await serve()))
    for (const argv of [[], [''], ['-x'], ['a\0b'], ['echo', 'x'.repeat(200_000)]])
      expect(await failure(server.exec(argv))).toMatchObject({ code: 'invalid_input' })
    expect(await failure(connection.exec(['true']))).toMatchObject({ code: 'unreachable', message: expect.stringContaining('127.0.0.1:1') })
  })
})
