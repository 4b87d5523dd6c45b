import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { diagnose } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caller, fixture, openForeign, type ForeignHub } from './open-foreign.ts'

/** A port where a connection is taken and nobody ever answers. */
async function blackHole(): Promise<string> {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer((socket) => void sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const limits = { connectTimeoutMs: 1_500, timeoutMs: 1_000 }

const kinds: Record<string, { entry: () => Promise<Record<string, unknown>>; says: RegExp }> = {
  'whose command is not found': {
    entry: async () => ({ command: 'no-such-program-anywhere' }),
    says: /There is no program 'no-such-program-anywhere'/,
  },
  'whose directory is not there': {
    entry: async () => ({ ...fixture('bad-server'), cwd: '/no/such/directory' }),
    says: /no directory '\/no\/such\/directory'/,
  },
  'that exits at once': { entry: async () => fixture('bad-server', 'exits'), says: /exit code 3; it said: Error: no kubeconfig/ },
  'that never answers initialize': {
    entry: async () => fixture('bad-server', 'silent'),
    says: /not ready within 1500 ms|no answer within 2 s|being connected/,
  },
  'that never answers tools/list': {
    entry: async () => fixture('bad-server', 'never-lists'),
    says: /not ready within 1500 ms|being connected/,
  },
  'that floods stdout': { entry: async () => fixture('bad-server', 'floods-stdout'), says: /something else than the protocol/ },
  'whose port refuses': { entry: async () => ({ url: 'http://127.0.0.1:9/' }), says: /refused the connection/ },
  'whose port accepts and never answers': { entry: blackHole as never, says: /not ready within 1500 ms|did not answer|being connected/ },
  'that is no MCP server': { entry: async () => ({ command: 'cat' }), says: /./ },
}
kinds['whose port accepts and never answers']!.entry = async () => ({ url: await blackHole() })

interface Health {
  services: { service: string; status: string; evidence: string }[]
}

async function healthOf({ catalogue }: ForeignHub, name: string) {
  const result = await catalogue.call({ name: 'service_health', input: {}, caller })
  if (result.kind !== 'done') throw new Error(result.text)
  return (result.output as Health).services.find(({ service }) => service === name)
}

describe.each(Object.entries(kinds))('beside a server %s', (_name, { entry, says }) => {
  test('another is listed and called as ever, and health and doctor say what is wrong', async () => {
    const hub = await openForeign({ bad: { ...(await entry()), ...limits }, pantry: fixture('bad-server') }, { accepted: ['pantry'] })
    expect(hub.names()).toContain('pantry_one')
    const result = await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })
    expect(result).toMatchObject({ kind: 'done' })
    await vi.waitFor(async () => expect((await healthOf(hub, 'bad'))?.evidence).toMatch(says), { timeout: 15_000 })
    expect((await healthOf(hub, 'pantry'))?.status).toBe('ok')
    const told = (await diagnose(hub.catalogue)).find(({ subject }) => subject === 'bad')
    expect(told?.level).not.toBe('ok')
  })
})

describe('a server that was accepted', () => {
  test('and dies in the middle of a call fails that call at once, is withdrawn at most for a moment, and comes back', async () => {
    const hub = await openForeign({ pantry: fixture('bad-server', 'dies') })
    await vi.waitFor(async () => expect((await healthOf(hub, 'pantry'))?.status).toBe('ok'), { timeout: 15_000 })
    const result = await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'unreachable' } })
    expect(result.text).toMatch(/exit code 9/)
    await vi.waitFor(async () => expect((await healthOf(hub, 'pantry'))?.status).toBe('ok'), { timeout: 15_000 })
    expect(hub.names()).toContain('pantry_one')
  })

  test('and hangs in a call costs that call its limit, which is told, and nobody else anything', async () => {
    const hub = await openForeign({ slow: { ...fixture('bad-server', 'hangs'), timeoutMs: 700 }, pantry: fixture('bad-server') })
    const hung = hub.catalogue.call({ name: 'slow_one', input: {}, caller })
    expect((await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })).kind).toBe('done')
    expect(await hung).toMatchObject({ kind: 'error', error: { code: 'timeout', message: expect.stringContaining('700 ms') as string } })
  })

  test('and is gone for good has its tools withdrawn, and says why when one is called', async () => {
    const directory = (await import('./open-foreign.ts')).temporaryDirectory()
    const first = await openForeign({ pantry: fixture('bad-server') }, { directory })
    await first.catalogue.close(100)
    const { readFileSync, writeFileSync } = await import('node:fs')
    // The same command, which does not do what it did.
    const record = `${directory}/state/upstreams/pantry.json`
    const wrong = { command: process.execPath, args: ['-e', 'process.exit(4)'] }
    const { identity } = (await openForeign({ pantry: wrong }, { accepted: [], connects: false })).catalogue.configuration.upstreams![0]!
      .configuration!
    writeFileSync(record, JSON.stringify({ ...(JSON.parse(readFileSync(record, 'utf8')) as object), identity }))
    const hub = await openForeign({ pantry: wrong }, { directory, accepted: [] })
    expect(hub.names()).toContain('pantry_one')
    await vi.waitFor(() => expect(hub.names()).not.toContain('pantry_one'), { timeout: 15_000 })
    const result = await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'unreachable' } })
    expect(result.text).toMatch(/exit code 4[\s\S]*next attempt/)
  })

  test.each(['floods-stderr', 'flood-of-changes'])('and %s is called all the same, and does not fill the log', async (kind) => {
    const hub = await openForeign({ pantry: fixture('bad-server', kind) })
    const result = await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })
    expect(result).toMatchObject({ kind: 'done' })
    await sleep(500)
    expect(hub.log.length).toBeLessThan(100)
  })

  test('and lists without end is cut off, and what is left out is said', async () => {
    const { catalogue, foreign } = await openForeign({ pantry: { ...fixture('bad-server', 'endless-pages'), maxTools: 20 } })
    expect(foreign.mounts()[0]?.tools.size).toBe(20)
    expect(catalogue.list({ caller }).filter(({ name }) => name.startsWith('pantry_'))).toHaveLength(20)
  })

  test('and lists nonsense among its tools has the others', async () => {
    const { foreign } = await openForeign({ pantry: fixture('bad-server', 'malformed') })
    expect([...(foreign.mounts()[0]?.tools.keys() ?? [])]).toEqual(['fine'])
  })

  test('and answers with what is no result fails in our words', async () => {
    const { catalogue } = await openForeign({ pantry: fixture('bad-server', 'garbage-result') })
    expect(await catalogue.call({ name: 'pantry_one', input: {}, caller })).toMatchObject({ kind: 'error', error: { code: 'upstream' } })
  })

  test('and does not say that an answer is the whole one is taken to mean it', async () => {
    const hub = await openForeign({ bad: fixture('bad-server', 'says-no-kind') })
    expect(await hub.catalogue.call({ name: 'bad_one', input: {}, caller })).toMatchObject({ kind: 'done', output: { text: 'one' } })
  })

  test('and needs what no client of ours has says what that is', async () => {
    const { catalogue } = await openForeign({ pantry: fixture('bad-server', 'asks-for-more') })
    const result = await catalogue.call({ name: 'pantry_one', input: {}, caller })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'denied' } })
    expect(result.text).toContain('elicitation')
  })

  test('and says hello on stdout before it speaks the protocol is heard out', async () => {
    const hub = await openForeign({ pantry: fixture('bad-server', 'banner') })
    expect(hub.names()).toContain('pantry_one')
  })

  test('and ends when it is asked for its era is asked once, and never again', async () => {
    const directory = (await import('./open-foreign.ts')).temporaryDirectory()
    const hub = await openForeign({ pantry: fixture('bad-server', 'dies-when-probed') }, { directory })
    expect((await hub.catalogue.call({ name: 'pantry_one', input: {}, caller })).kind).toBe('done')
    const era = JSON.parse((await hub.runtime.store.read('upstreams/eras/pantry.json')) ?? '{}') as object
    expect(era).toMatchObject({ prior: { kind: 'legacy' }, endedByAsking: true })
  })

  test('and answers with 10 MB fails that call alone, naming the limit', async () => {
    const { catalogue } = await openForeign({ pantry: { ...fixture('old-pantry'), maxBytes: 1_000_000 } })
    const result = await catalogue.call({ name: 'pantry_big', input: { bytes: 10_000_000 }, caller })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'upstream' } })
    expect(result.text).toMatch(/1000000/)
    expect((await catalogue.call({ name: 'pantry_read_jar', input: { jar: 'x' }, caller })).kind).toBe('done')
  })

  test('and answers with much is cut to what a model is given', async () => {
    const { catalogue } = await openForeign({ pantry: fixture('old-pantry') })
    const result = await catalogue.call({ name: 'pantry_big', input: { bytes: 1_000_000 }, caller })
    expect(result.kind).toBe('done')
    expect(result.text.length).toBeLessThan(20_000)
  })
})
