import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forever, openRealEngine, until } from './real-engine.ts'

const missing = requireComponent('docker')

describe.skipIf(missing !== undefined)('commands in the containers of a real engine', () => {
  let real: Awaited<ReturnType<typeof openRealEngine>>

  beforeAll(async () => {
    real = await openRealEngine()
    await real.run('box', forever)
    // As a container looks that holds nothing but its own program.
    await real.run('bare', 'rm -f /bin/sh /bin/ash; exec /bin/busybox sleep 1000')
    // As it looks where there is a shell, but no `timeout`.
    await real.run('plain', `rm -f /bin/timeout; ${forever}`)
  })

  afterAll(async () => {
    await real?.close()
  })

  /** The command lines that run in a container. */
  async function commandsOf(name: string): Promise<string[]> {
    const { body } = await real.engine.request('GET', `/containers/${name}/top`)
    return (body as { Processes: string[][] }).Processes.map((columns) => columns.at(-1) ?? '')
  }

  async function run(container: string, command: string[], more: Record<string, unknown> = {}) {
    const result = await real.confirmed('exec_container', { container, command, ...more })
    expect(result).toMatchObject({ kind: 'done' })
    return (result.kind === 'done' ? result.output : {}) as Record<string, unknown>
  }

  test('answers with the exit code and both streams, as words and never through a shell', async () => {
    expect(await run('box', ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({
      exit_code: 3,
      timed_out: false,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    expect(await run('box', ['echo', '$HOME', '; id', '*'])).toMatchObject({ stdout: '$HOME ; id *\n' })
    expect(await run('box', ['pwd'], { workdir: '/tmp' })).toMatchObject({ stdout: '/tmp\n' })
    expect(await run('box', ['id', '-u'], { user: '1000' })).toMatchObject({ stdout: '1000\n' })
    expect(await run('box', ['no-such-program'])).toMatchObject({ exit_code: 127 })
  })

  test('keeps the beginning and the end of what is long', async () => {
    const { stdout } = await run('box', ['sh', '-c', 'echo first; seq 1 40000; echo last'])
    expect(stdout).toMatch(/^first\n1\n2\n[^]*\[\d+ bytes left out\][^]*40000\nlast\n$/)
    expect(String(stdout).length).toBeLessThan(40_000)
  })

  test('tells the exit code and the last words of what said more than can be shown', async () => {
    const input = { container: 'box', command: ['sh', '-c', 'yes 0123456789 | head -c 10000000; echo too full >&2; exit 9'] }
    const { text } = await real.confirmed('exec_container', input)
    expect(text).toMatch(/stderr:\ntoo full\nexit code 9\n[^\n]+end of data\nlast \d+ of \d+ lines shown$/)
  })

  for (const container of ['box', 'plain'])
    test(`ends a command that hangs, with all it started, in ${container}`, async () => {
      const hanging = ['sh', '-c', 'echo begun; trap "" TERM; sleep 4711 & sleep 4712']
      expect(await run(container, hanging, { timeout_seconds: 1 })).toMatchObject({ timed_out: true, stdout: 'begun\n', exit_code: 137 })
      expect(await commandsOf(container)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^sleep 471/)]))
      // What watched over the time sees within a second that there is nothing left to watch.
      await until(async () => (await commandsOf(container)).every((line) => !line.includes('471')))
    })

  test('says of a container without a shell that what hangs there goes on', async () => {
    expect(await run('bare', ['/bin/busybox', 'echo', 'here'])).toMatchObject({ exit_code: 0, stdout: 'here\n' })
    const result = await run('bare', ['/bin/busybox', 'sleep', '30'], { timeout_seconds: 1 })
    expect(result).toMatchObject({ timed_out: true, note: expect.stringContaining('may go on') })
    expect(result).not.toHaveProperty('exit_code', expect.any(Number))
  })

  test('ends what nobody waits for any more', async () => {
    const { confirm } = await real.plan('exec_container', { container: 'box', command: ['sleep', '4713'] })
    const giveUp = new AbortController()
    const call = real.lab.catalogue.call({
      name: 'exec_container',
      input: { container: 'box', command: ['sleep', '4713'], confirm },
      caller: { principal: 'local:tester', tier: 'admin' },
      signal: giveUp.signal,
    })
    await until(async () => (await commandsOf('box')).includes('sleep 4713'))
    giveUp.abort()
    expect(await call).toMatchObject({ kind: 'error' })
    expect(await commandsOf('box')).not.toContain('sleep 4713')
  })

  test('is not run in what does not run', async () => {
    await real.run('over', 'exit 0')
    await until(async () => (await real.inspect('over')).State.Status === 'exited')
    expect(await real.failed('exec_container', { container: 'over', command: ['id'] })).toMatchObject({ code: 'conflict' })
  })
})
