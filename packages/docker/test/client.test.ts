import { ToolError } from '@rackwarden/core'
import { expect, test } from 'vitest'
import docker from '../src/index.ts'
import { openEngine } from './engine.ts'

const one = { containers: [{ name: 'web', image: 'nginx', health: 'unhealthy' as const, probe: 'no' }] }
const ping = (version: string | undefined) => ({
  answer: (target: string) =>
    target === '/_ping' ? new Response('OK', version === undefined ? {} : { headers: { 'api-version': version } }) : undefined,
})

test('the version of the API is agreed on once, and goes before every path', async () => {
  const { exchanges, read } = await openEngine()
  await Promise.all([read('list_images'), read('list_networks'), read('list_containers')])
  expect(exchanges.filter(({ target }) => target === '/_ping')).toHaveLength(1)
  expect(exchanges.filter(({ target }) => target !== '/_ping').every(({ target }) => target.startsWith('/v1.52/'))).toBe(true)
})

test('an older engine is spoken to in its own version, and its health is read from the status text', async () => {
  const { exchanges, read, client, context } = await openEngine({ ...one, apiVersion: '1.41' })
  const { exchanges: old, read: readOld } = await openEngine(one, {
    answer: (target) =>
      target.includes('/containers/json')
        ? Response.json([{ Id: 'a'.repeat(64), Names: ['/web'], State: 'running', Status: 'Up 5 seconds (unhealthy)', Labels: null }])
        : undefined,
  })
  await read('list_networks')
  expect(exchanges.at(-1)?.target).toMatch(/^\/v1\.41\//)
  expect(await client.apiVersion(context.signal)).toBe('1.41')
  expect(await readOld('list_containers', { state: 'unhealthy' })).toMatchObject({ containers: [{ name: 'web', health: 'unhealthy' }] })
  expect(old.length).toBeGreaterThan(0)
})

test('a newer engine is spoken to in the newest version we know', async () => {
  const { client, context } = await openEngine(one, ping('2.3'))
  expect(await client.apiVersion(context.signal)).toBe('1.56')
})

test('what is no engine is told as such, and asked again the next time', async () => {
  const { exchanges, read } = await openEngine(one, ping(undefined))
  for (const _ of [1, 2])
    await expect(read('list_networks')).rejects.toThrow(
      expect.objectContaining({ code: 'upstream', message: expect.stringContaining('not a Docker engine') }),
    )
  expect(exchanges).toHaveLength(2)
})

test('one caller giving up during the handshake does not fail the others', async () => {
  const { client } = await openEngine(one)
  const hasty = new AbortController()
  const [first, second] = [client.networks(hasty.signal), client.networks(new AbortController().signal)]
  hasty.abort()
  await expect(first).rejects.toThrow('aborted')
  expect(await second).not.toEqual([])
})

test('a container that goes away between two looks is left out, not a failure', async () => {
  const { read } = await openEngine(undefined, {
    answer: (target) =>
      /\/containers\/[0-9a-f]{64}\/json/.test(target) ? Response.json({ message: 'No such container' }, { status: 404 }) : undefined,
  })
  expect(await read('list_containers', { name: 'web' })).toMatchObject({ containers: [{ name: 'web', restarts: 0 }] })
})

test('what the engine says of a failure is passed on', async () => {
  const { write } = await openEngine(undefined, {
    answer: (target) => (target.endsWith('/start') ? Response.json({ message: 'port is already allocated' }, { status: 500 }) : undefined),
  })
  const failure = await write('start_container', { container: 'import' }).catch((error: unknown) => error)
  expect(ToolError.isInstance(failure) && failure.message).toContain('port is already allocated')
})

test('an answer with fields of a newer engine is read for what is known of it', async () => {
  const { read } = await openEngine(undefined, {
    answer: (target) =>
      target.endsWith('/networks')
        ? Response.json([{ Id: 'n1', Name: 'lan', Driver: 'bridge', Novelty: { any: 1 }, IPAM: null }])
        : undefined,
  })
  expect(await read('list_networks')).toMatchObject({ networks: [{ name: 'lan', internal: false }] })
})

test('the sizes of volumes are read from engines old and new', async () => {
  const volumes = [{ Name: 'shop_db', UsageData: { Size: 5_000_000, RefCount: 1 } }]
  for (const body of [{ Volumes: volumes, LayersSize: 1 }, { VolumeUsage: { Items: volumes } }]) {
    const { read } = await openEngine(undefined, { answer: (target) => (target.includes('/system/df') ? Response.json(body) : undefined) })
    expect(await read('list_volumes', { sizes: true, name: 'shop_db' })).toMatchObject({
      volumes: expect.arrayContaining([expect.objectContaining({ size_mb: 5 })]),
    })
  }
})

test('an engine that measures its disks once at a time is asked again', async () => {
  let asked = 0
  const { plan } = await openEngine(undefined, {
    answer: (target) => {
      if (!target.includes('/system/df')) return undefined
      asked += 1
      return asked < 3 ? Response.json({ message: 'a disk usage operation is already running' }, { status: 500 }) : undefined
    },
  })
  expect(await plan('prune', { volumes: true })).toMatchObject({ summary: expect.stringContaining('Delete') })
  expect(asked).toBeGreaterThan(3)
})

test('the address is taken from DOCKER_HOST, too', () => {
  expect((docker.config['url']?.meta() as { env?: string[] } | undefined)?.env).toEqual(['DOCKER_HOST'])
})
