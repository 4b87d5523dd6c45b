import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundled } from './bundle.ts'
import { clients } from './clients.ts'
import { temporaryDirectory } from './lab.ts'
import { initialize, openSession, rpc, send } from './raw.ts'

const bin = await bundled('lamp-bin')

/** A bin that runs, and what it printed so far. */
interface Running {
  child: ChildProcessWithoutNullStreams
  output: () => string
  errors: () => string
  gone: Promise<number | null>
}

async function home(): Promise<Record<string, string>> {
  const directory = await temporaryDirectory()
  mkdirSync(`${directory}/state`)
  return { PATH: process.env['PATH']!, HOME: directory, RACKWARDEN_STATE_DIR: `${directory}/state` }
}

function start(environment: Record<string, string>, ...argv: string[]): Running {
  const child = spawn(process.execPath, [bin, ...argv], { env: environment, cwd: environment['HOME'] })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  onTestFinished(() => void child.kill('SIGKILL'))
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  return { child, output: () => output, errors: () => errors, gone }
}

async function listening({ errors }: Running): Promise<URL> {
  const url = await vi.waitFor(() => /http:\S+\/mcp/.exec(errors())?.[0] ?? Promise.reject(new Error(errors())), { timeout: 10_000 })
  return new URL(url)
}

describe('a bin', () => {
  test.each(Object.entries(clients))('serves %s over stdio: plan, confirm, and the audit tells it', async (_, connect) => {
    const environment = await home()
    const client = await connect({ command: process.execPath, args: [bin, '--demo', '--tier', 'operate'], env: environment })
    expect((await client.tools()).map(({ name }) => name)).toContain('set_level')
    const plan = await client.call('set_level', { level: 4 })
    const confirm = /confirm: (\w+)/.exec(plan.text)?.[1]
    expect(await client.call('set_level', { level: 4, confirm })).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
    expect(await client.call('get_level')).toMatchObject({ text: expect.stringContaining('level: 4') })
    expect(await client.call('set_level', { level: 11 })).toMatchObject({ isError: true })
    await client.close()
    const audit = start(environment, 'audit')
    expect(await audit.gone).toBe(0)
    expect(audit.output()).toMatch(/local:\S+ +set_level +done +Set the level to 4/)
  })

  test('warns at every start where the page for approvals would be read on the way, and serves it all the same', async () => {
    const environment = await home()
    const file = `${environment['HOME']}/rackwarden.yaml`
    const channel = 'channels: [{ webhook: { url: "http://127.0.0.1:9/" } }]'
    writeFileSync(file, `approval: { notify: { url: "http://10.0.0.5:3005", plainHttp: true, ${channel} } }`)
    const served = start(environment, 'serve', '--http', '127.0.0.1:0', '--config', file)
    const { port } = await listening(served)
    expect(served.errors()).toContain('whoever sits between a phone and http://10.0.0.5:3005 can read the passphrase')
    const answer = await send(Number(port), { method: 'GET', path: '/approvals/x?key=y', headers: { host: '10.0.0.5:3005' } })
    expect(answer).toMatchObject({ status: 404, text: expect.stringContaining('This link leads nowhere') })
  })

  test('finishes a write whose client is gone, and records how it ended', async () => {
    const environment = await home()
    const served = start(environment, 'serve', '--demo', '--tier', 'operate')
    const ask = (...messages: object[]) => served.child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
    const fade = (more: object, id: number) => rpc('tools/call', { name: 'update_level', arguments: { level: 9, ...more } }, id)
    ask(initialize, fade({}, 2))
    const confirm = await vi.waitFor(() => /confirm: (\w+)/.exec(served.output())?.[1] ?? Promise.reject(new Error('not yet')), {
      timeout: 10_000,
    })
    ask(fade({ confirm }, 3))
    served.child.stdin.end()
    expect(await served.gone).toBe(0)
    const audit = start(environment, 'audit', '--json')
    expect(await audit.gone).toBe(0)
    expect(JSON.parse(audit.output())).toContainEqual(expect.objectContaining({ kind: 'outcome', tool: 'update_level', result: 'done' }))
  })

  test('finishes a write though nobody reads what it says of its progress', async () => {
    const environment = await home()
    const served = start(environment, 'serve', '--demo', '--tier', 'operate')
    const fade = (more: object, id: number) =>
      rpc('tools/call', { name: 'update_level', arguments: { level: 9, ...more }, _meta: { progressToken: id } }, id)
    served.child.stdin.write(`${JSON.stringify(initialize)}\n${JSON.stringify(fade({}, 2))}\n`)
    const confirm = await vi.waitFor(() => /confirm: (\w+)/.exec(served.output())?.[1] ?? Promise.reject(new Error('not yet')), {
      timeout: 10_000,
    })
    served.child.stdout.destroy()
    served.child.stderr.destroy()
    served.child.stdin.end(`${JSON.stringify(fade({ confirm }, 3))}\n`)
    expect(await served.gone).toBe(0)
    const audit = start(environment, 'audit', '--json')
    expect(await audit.gone).toBe(0)
    expect(JSON.parse(audit.output())).toContainEqual(expect.objectContaining({ kind: 'outcome', tool: 'update_level', result: 'done' }))
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('records how a write of the command line ended that %s stopped', async (signal) => {
    const environment = await home()
    const argv = ['call', 'update_level', 'level=9', '--demo', '--tier', 'operate']
    const planned = start(environment, ...argv)
    expect(await planned.gone).toBe(3)
    const confirm = /confirm=\w+/.exec(planned.output())?.[0] ?? ''
    const called = start(environment, ...argv, confirm)
    await vi.waitFor(() => expect(readdirSync(`${environment['RACKWARDEN_STATE_DIR']}/claimed`)).toHaveLength(1), { timeout: 10_000 })
    called.child.kill(signal)
    expect(await called.gone).toBe(1)
    expect(called.errors()).toContain('denied: The call was cancelled.')
    const audit = start(environment, 'audit', '--json')
    expect(await audit.gone).toBe(0)
    expect(JSON.parse(audit.output())).toContainEqual(expect.objectContaining({ kind: 'outcome', tool: 'update_level', result: 'error' }))
  })

  test('serves over HTTP until it is told to end, and takes a token made meanwhile', async () => {
    const environment = await home()
    const served = start(environment, '--demo', '--http', '127.0.0.1:0')
    const port = Number((await listening(served)).port)
    expect(JSON.parse((await send(port, { method: 'GET', path: '/health' })).text)).toMatchObject({ status: 'ok', tier: 'observe' })
    const made = start(environment, 'token', 'create', 'phone')
    expect(await made.gone).toBe(0)
    await vi.waitFor(async () => expect(await send(port, { body: rpc('tools/list') })).toMatchObject({ status: 401 }), { timeout: 5000 })
    const session = await openSession(port, { authorization: `Bearer ${made.output().trim()}` })
    const { text } = await send(port, { headers: session, body: rpc('tools/call', { name: 'get_level', arguments: {} }) })
    expect(text).toContain('level: 1')
    served.child.kill('SIGTERM')
    expect(await served.gone).toBe(0)
    expect(served.output()).toBe('')
    const audit = start(environment, 'audit')
    await audit.gone
    expect(audit.output()).toMatch(/token:phone +get_level +done/)
  })

  test('takes its address and its token from the environment', async () => {
    const token = 't'.repeat(32)
    const served = start({ ...(await home()), RACKWARDEN_HTTP: '0.0.0.0:0', RACKWARDEN_TOKEN: token }, '--demo')
    const port = Number((await listening(served)).port)
    expect(await send(port, { body: rpc('tools/list') })).toMatchObject({ status: 401 })
    expect(await send(port, { headers: { authorization: `Bearer ${token}` }, body: rpc('tools/list') })).toMatchObject({ status: 200 })
  })

  test('says in a line why it does not start', async () => {
    const served = start(await home(), 'serve', '--demo', '--http', '0.0.0.0:0')
    expect(await served.gone).toBe(1)
    expect(served.errors()).toMatch(/^error: invalid_config: Listening on 0\.0\.0\.0 without a token/)
    expect(served.errors().trim().split('\n').length).toBe(2)
  })

  test('tells its version without serving', async () => {
    const served = start(await home(), '--version')
    expect(await served.gone).toBe(0)
    expect(served.output()).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
