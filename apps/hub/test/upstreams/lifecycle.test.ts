import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caller, fixture, openForeign, type ForeignHub } from './open-foreign.ts'

interface Listening {
  url: string
  stop: () => Promise<void>
}

async function listening(name: string, port = 0, environment: Record<string, string> = {}): Promise<Listening> {
  const { command, args } = fixture(name, '--http')
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...environment, PORT: String(port) } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
  return {
    url: chunk.toString().trim(),
    stop: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const read = ({ catalogue }: ForeignHub) => catalogue.call({ name: 'pantry_read_jar', input: { jar: 'x' }, caller })

describe.each([
  ['of the 2025 era', 'old-pantry'],
  ['of the 2026 era', 'new-pantry'],
])('a server at an address, %s', (_era, name) => {
  test('that is killed has its tools withdrawn, and is back as soon as it is', async () => {
    const first = await listening(name)
    const hub = await openForeign({ pantry: { url: first.url } })
    expect((await read(hub)).kind).toBe('done')
    const told: string[] = []
    hub.catalogue.watch?.((list) => told.push(list))
    await first.stop()
    await vi.waitFor(() => expect(hub.names()).not.toContain('pantry_read_jar'), { timeout: 15_000 })
    expect(told).toContain('tools')
    expect(await read(hub)).toMatchObject({ kind: 'error', error: { code: 'unreachable' } })
    await listening(name, Number(new URL(first.url).port))
    await vi.waitFor(() => expect(hub.names()).toContain('pantry_read_jar'), { timeout: 15_000 })
    expect((await read(hub)).kind).toBe('done')
  })

  test('that was restarted between two calls answers the second', async () => {
    const first = await listening(name)
    const hub = await openForeign({ pantry: { url: first.url } })
    expect((await read(hub)).kind).toBe('done')
    await first.stop()
    await listening(name, Number(new URL(first.url).port))
    await vi.waitFor(async () => expect((await read(hub)).kind).toBe('done'), { timeout: 15_000 })
  })
})

test('a server that wants to know who calls is told by a header that is its own', async () => {
  const { url } = await listening('old-pantry', 0, { WANTED: 'its-very-own-token' })
  await expect(openForeign({ pantry: { url } })).rejects.toMatchObject({ code: 'unauthorized' })
  const hub = await openForeign({ pantry: { url, headers: { authorization: 'Bearer its-very-own-token' } } })
  expect((await read(hub)).kind).toBe('done')
  expect(JSON.stringify(hub.log)).not.toContain('its-very-own-token')
})

test('a program is asked for its era in place: there is one process, now and after a restart', async () => {
  const hub = await openForeign({ pantry: fixture('new-pantry') })
  expect((await read(hub)).kind).toBe('done')
  // One that was asked as it was accepted, one that serves.
  const started = () => hub.log.filter((line) => line.includes('pantry: started')).length
  expect(started()).toBe(2)
  expect(JSON.parse((await hub.runtime.store.read('upstreams/eras/pantry.json')) ?? '{}')).toMatchObject({ prior: { kind: 'modern' } })
})

test('an era that is not the right one any more is found out anew', async () => {
  const hub = await openForeign({ pantry: fixture('old-pantry') }, { connects: false })
  const path = 'upstreams/eras/pantry.json'
  const modern = { kind: 'modern', discover: { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } } }
  const era = { ...(JSON.parse((await hub.runtime.store.read(path)) ?? '{}') as object), prior: modern }
  await hub.runtime.store.write(path, JSON.stringify(era))
  expect((await read(hub)).kind).toBe('done')
})

test('its tools are found and called where only few are listed, too', async () => {
  const { catalogue } = await openForeign({ pantry: fixture('old-pantry') })
  const few = { caller, exposure: 'search' as const }
  expect(catalogue.list(few).map(({ name }) => name)).not.toContain('pantry_read_jar')
  const found = await catalogue.call({ ...few, name: 'search_tools', input: { query: 'what is in a jar' } })
  expect(found.text).toContain('pantry_read_jar')
  const called = await catalogue.call({ ...few, name: 'call_observe', input: { tool: 'pantry_read_jar', input: { jar: 'x' } } })
  expect(called.text).toContain('x: plums')
})
