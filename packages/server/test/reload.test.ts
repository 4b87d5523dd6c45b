import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundled } from './bundle.ts'
import { temporaryDirectory } from './lab.ts'

const bin = await bundled('lamp-bin')
const identity = { name: 'test', version: '1' }
const lamp = (rest = '') => `services: { lamp: { url: "http://127.0.0.1:9", password: correct-horse${rest} } }\n`

/** A directory with a configuration, and a bin that serves it. */
interface Place {
  file: string
  environment: Record<string, string>
  /** Puts another file in its place, as editors do. */
  save: (text: string) => void
}

async function place(text: string): Promise<Place> {
  const directory = await temporaryDirectory()
  mkdirSync(`${directory}/state`)
  const file = `${directory}/rackwarden.yaml`
  const save = (next: string) => {
    writeFileSync(`${file}.new`, next)
    renameSync(`${file}.new`, file)
  }
  save(text)
  const environment = { PATH: process.env['PATH']!, HOME: directory, RACKWARDEN_STATE_DIR: `${directory}/state` }
  return { file, environment, save }
}

interface Listening {
  url: URL
  child: ChildProcess
  errors: () => string
}

async function listen({ file, environment }: Place): Promise<Listening> {
  const child = spawn(process.execPath, [bin, 'serve', '--http', '127.0.0.1:0', '--config', file], { env: environment, stdio: 'pipe' })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await vi.waitFor(() => /http:\S+\/mcp/.exec(errors)?.[0] ?? Promise.reject(new Error(errors)), { timeout: 10_000 })
  return { url: new URL(url), child, errors: () => errors }
}

/** A client that keeps the list it was last told of. */
interface Listener {
  /** Names of the tools, as the client lists them now. */
  names: () => Promise<string[]>
  told: () => number
}

const listeners: Record<
  string,
  (transport: { url: URL } | { command: string; args: string[]; env: Record<string, string> }) => Promise<Listener>
> = {
  'the v1 client': async (destination) => {
    let told = 0
    const client = new OldClient(identity, { listChanged: { tools: { onChanged: () => void (told += 1) } } })
    await client.connect('url' in destination ? new OldHttp(destination.url) : new OldStdio({ ...destination, stderr: 'ignore' }))
    onTestFinished(() => client.close())
    return { names: async () => (await client.listTools()).tools.map(({ name }) => name), told: () => told }
  },
  'the v2 client': async (destination) => {
    let told = 0
    const client = new CurrentClient(identity, {
      versionNegotiation: { mode: 'auto' },
      listChanged: { tools: { onChanged: () => void (told += 1) } },
    })
    await client.connect('url' in destination ? new CurrentHttp(destination.url) : new CurrentStdio({ ...destination, stderr: 'ignore' }))
    onTestFinished(() => client.close())
    expect(client.getProtocolEra()).toBe('modern')
    return { names: async () => (await client.listTools()).tools.map(({ name }) => name), told: () => told }
  },
}

describe('a configuration that is changed while a bin serves', () => {
  test.each(Object.entries(listeners))('is taken, and tells %s over HTTP that the list changed', async (_, connect) => {
    const lab = await place(lamp())
    const { url } = await listen(lab)
    const client = await connect({ url })
    expect(await client.names()).toContain('get_level')
    lab.save(lamp(', tools: { off: [get_level] }'))
    await vi.waitFor(() => expect(client.told()).toBeGreaterThan(0), { timeout: 10_000 })
    expect(await client.names()).not.toContain('get_level')
  })

  test.each(Object.entries(listeners))('is taken, and tells %s over stdio that the list changed', async (_, connect) => {
    const lab = await place(lamp())
    const client = await connect({ command: process.execPath, args: [bin, 'serve', '--config', lab.file], env: lab.environment })
    expect(await client.names()).toContain('get_level')
    lab.save(lamp(', tools: { off: [get_level] }'))
    await vi.waitFor(() => expect(client.told()).toBeGreaterThan(0), { timeout: 10_000 })
    expect(await client.names()).not.toContain('get_level')
  })

  test.each([
    ['is no YAML', 'services: [', /rackwarden\.yaml:\d+: /],
    ['has a key nobody knows', 'servces: {}\n', /servces/],
    ['has a service that was well and is wrong now', 'services: { lamp: { url: 5, password: correct-horse } }\n', /url/],
    ['raises the tier', `tier: configure\n${lamp()}`, /the tier goes from observe to configure/],
  ])('is refused where it %s, and the one from before stays', async (_, text, why) => {
    const lab = await place(lamp())
    const { url, errors, child } = await listen(lab)
    const client = await listeners['the v1 client']!({ url })
    const before = await client.names()
    lab.save(text)
    child.kill('SIGHUP')
    await vi.waitFor(() => expect(errors()).toMatch(/The changed configuration was not taken: /), { timeout: 10_000 })
    expect(errors()).toMatch(why)
    expect(await client.names()).toEqual(before)
    expect(client.told()).toBe(0)
  })

  test('leaves the environment what it is: a file that appears where none was is read at SIGHUP', async () => {
    const lab = await place('')
    const { url, child, errors } = await listen(lab)
    const client = await listeners['the v1 client']!({ url })
    expect(await client.names()).not.toContain('get_level')
    lab.save(lamp())
    child.kill('SIGHUP')
    await vi.waitFor(() => expect(errors()).toContain('The configuration was read anew.'), { timeout: 10_000 })
    expect(await client.names()).toContain('get_level')
  })
})
