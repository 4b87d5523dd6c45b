import { createRuntime } from '@rackwarden/core/runtime'
import { asyncProperty, assert, constantFrom, record, string } from 'fast-check'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { applicationOf } from '../src/application.ts'
import { loggingOf, textLog } from '../src/cli/logging.ts'
import { bundled } from './bundle.ts'
import { lamp } from './fixture-service.ts'
import { temporaryDirectory } from './lab.ts'
import { rpc, send } from './raw.ts'
import { shell } from './shell.ts'

const application = applicationOf(lamp, '4.5.6')
const bin = await bundled('lamp-bin')

function terminalWith(environment: Record<string, string>) {
  const said: string[] = []
  return { said, terminal: { print: () => undefined, complain: (text: string) => void said.push(text), environment, directory: '/' } }
}

async function serving(variables: Record<string, string>, ...argv: string[]) {
  const directory = await temporaryDirectory()
  const environment = { PATH: process.env['PATH'], HOME: directory, RACKWARDEN_STATE_DIR: `${directory}/state`, ...variables }
  const child = spawn(process.execPath, [bin, 'serve', '--demo', '--http', '127.0.0.1:0', ...argv], { env: environment, cwd: directory })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [errors, output] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await vi.waitFor(() => expect(errors).toMatch(/127\.0\.0\.1:\d+/), { timeout: 10_000 })
  return {
    port: Number(/127\.0\.0\.1:(\d+)/.exec(errors)?.[1]),
    lines: () => errors.split('\n').filter(Boolean),
    output: () => output,
    end: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

describe('the log', () => {
  test('is text unless JSON is asked for, and then everything on stderr is, with a line for each call where that is asked for', async () => {
    const { port, lines, output, end } = await serving({ RACKWARDEN_LOG_LEVEL: 'debug' }, '--log', 'json')
    await send(port, { body: rpc('tools/call', { name: 'get_fuse', arguments: { name: 'main' } }) })
    await end()
    const records = lines().map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records[0]).toMatchObject({ level: 'info', name: 'rackwarden-lamp', msg: expect.stringContaining('serves') })
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'debug',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        tool: 'get_fuse',
        service: 'lamp',
        result: 'error',
        error: expect.stringContaining('not_found'),
        milliseconds: expect.any(Number),
      }),
    )
    expect(output()).toBe('')
    const text = await serving({ RACKWARDEN_LOG_LEVEL: 'debug' })
    await send(text.port, { body: rpc('tools/call', { name: 'get_level' }) })
    await text.end()
    expect(text.lines()[0]).toMatch(/^Lamp .* serves/)
    expect(text.lines()).toContainEqual(
      expect.stringMatching(/^rackwarden-lamp: debug: get_level read done call=\S+ kind=read .*service=lamp/),
    )
  })

  test('has no line for a call where that is not asked for', async () => {
    const { port, lines, end } = await serving({ RACKWARDEN_LOG: 'json' })
    await send(port, { body: rpc('tools/call', { name: 'get_level' }) })
    await end()
    expect(lines()).toHaveLength(1)
  })

  test('says in its own form why a server does not start', async () => {
    const run = await shell()
    const { code, errors } = await run('serve', '--log', 'json', '--demo', '--tier', 'oprate')
    expect(code).toBe(2)
    expect(errors.split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg)[0]).toContain("'oprate' is not a tier")
  })

  test.each([
    [['--log', 'jsn'], { RACKWARDEN_LOG: '' }, "--log: 'jsn' is not known here. Did you mean 'json'?"],
    [[], { RACKWARDEN_LOG: 'xml', RACKWARDEN_LOG_LEVEL: '' }, "RACKWARDEN_LOG: 'xml' is not known here."],
    [[], { RACKWARDEN_LOG_LEVEL: 'wran' }, "RACKWARDEN_LOG_LEVEL: 'wran' is not known here. Did you mean 'warn'?"],
  ])('refuses %j %j with what is known', async (argv, environment, said) => {
    const run = await shell(environment)
    expect(await run('serve', '--demo', ...argv)).toMatchObject({ code: 1, errors: expect.stringContaining(said) })
  })

  test('leaves out what matters less than was asked for', () => {
    const said: string[] = []
    const { log } = createRuntime({
      version: '1',
      environment: {},
      stateDirectory: '/nowhere',
      log: (level) => void said.push(level),
      logLevel: 'warn',
    })
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, 'x')
    expect(said).toEqual(['warn', 'error'])
  })

  test('is one line for each record in both forms, without control characters and secrets, whatever is in it', async () => {
    const secret = 'hunter2-hunter2'
    const evil = string({ unit: 'binary' }).map((text) => `${text}\r\n\u001B[31m${secret}\u2028{"level":"error"}`)
    await assert(
      asyncProperty(constantFrom('text', 'json'), record({ message: evil, value: evil }), async (format, { message, value }) => {
        const { said, terminal } = terminalWith({ RACKWARDEN_LOG: format })
        const { logging } = await loggingOf(application, undefined, terminal)
        const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: '/nowhere', ...logging })
        runtime.secrets.add(secret)
        runtime.log('warn', message, { value })
        expect(said).toHaveLength(1)
        // oxlint-disable-next-line no-control-regex -- they are what must not be there
        expect(said[0]).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/)
        expect(said[0]).not.toContain(secret)
        expect(format === 'json' ? JSON.parse(said[0] ?? '') : { level: 'warn' }).toMatchObject({ level: 'warn' })
      }),
    )
  })

  test('in text names its fields behind the message', () => {
    const { said, terminal } = terminalWith({})
    textLog(application, terminal)('info', 'done', { tool: 'get_level', milliseconds: 3, error: undefined })
    expect(said).toEqual(['rackwarden-lamp: info: done tool=get_level milliseconds=3'])
  })
})
