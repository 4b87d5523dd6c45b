import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createConnection } from '@rackwarden/core/runtime'
import { createCertificate, failure, type TestCertificate } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { config, connect } from '../src/client.ts'
import { defaultWorld } from '../src/job.ts'
import { Server } from '../src/libraries/socket-io.ts'

const { signal } = new AbortController()

type Reply = (answer: unknown) => void
type Answer = (
  event: string,
  reply: Reply,
  socket: { disconnect: (close: boolean) => unknown; emit: (event: string, value: unknown) => unknown },
) => void

/** A server that logs everybody in, and answers the rest as it is told to. */
async function served(answer: Answer, certificate?: TestCertificate): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const listener = certificate === undefined ? createServer() : createTlsServer({ key: certificate.key, cert: certificate.certificate })
  const server = new Server(listener, { serveClient: false })
  server.on('connection', (socket) =>
    socket.onAny((event: string, _: unknown, reply: Reply) => {
      asked.push(event)
      if (event === 'login') reply({ ok: true })
      else if (event === 'list' && asked.length === 2) reply({ ok: true, jobs: defaultWorld.jobs })
      else answer(event, reply, socket)
    }),
  )
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onTestFinished(() => server.close())
  return { url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${(listener.address() as AddressInfo).port}`, asked }
}

async function connected(configuration: { url: string; timeoutMs?: number; tlsFingerprint?: string; tlsCa?: string }) {
  const connection = createConnection(configuration, { log: () => undefined })
  onTestFinished(() => connection.close?.())
  const client = await connect({ timeoutMs: 5_000, ...configuration }, connection)
  onTestFinished(() => client.close())
  return client
}

test('reads answer from what was pushed, and one login serves them all', async () => {
  const { url, asked } = await served((_, reply, socket) => {
    socket.emit('jobs', [{ name: 'index', state: 'failed' }])
    reply({ ok: true, version: '2' })
  })
  const client = await connected({ url })
  expect(await client.jobs(signal)).toEqual(defaultWorld.jobs)
  await client.version(signal)
  expect(await client.jobs(signal)).toEqual([{ name: 'index', state: 'failed' }])
  expect(client.age()).toBe(0)
  expect(asked).toEqual(['login', 'list', 'about'])
})

test('what is pushed in another form is asked for', async () => {
  const { url, asked } = await served((event, reply, socket) => {
    if (event === 'list') return reply({ ok: true, jobs: [] })
    socket.emit('jobs', { jobs: 3 })
    return reply({ ok: true, version: '2' })
  })
  const client = await connected({ url })
  await client.version(signal)
  expect(await client.jobs(signal)).toEqual([])
  expect(asked.at(-1)).toBe('list')
})

test.each([
  [{ ok: false, error: 'forbidden', message: 'no' }, 'forbidden'],
  [{ ok: false, error: 'not_found', message: 'no' }, 'not_found'],
  [{ ok: false, error: 'conflict', message: 'no' }, 'conflict'],
  [{ ok: false, error: 'too_many', message: 'no' }, 'rate_limited'],
  [{ ok: false }, 'upstream'],
  ['<html>', 'upstream'],
])('an acknowledgement %j is %s', async (answer, code) => {
  const { url } = await served((_, reply) => reply(answer))
  expect(await failure((await connected({ url })).version(signal))).toMatchObject({ code })
})

test('an acknowledgement that does not come ends at the limit, and at once where nobody waits any more', async () => {
  const { url } = await served(() => undefined)
  const client = await connected({ url, timeoutMs: 200 })
  expect((await failure(client.start('index', signal))).code).toBe('timeout')
  const caller = new AbortController()
  const waiting = client.start('index', caller.signal)
  caller.abort(new Error('nobody waits'))
  await expect(waiting).rejects.toThrow('nobody waits')
  expect(client.isLost()).toBe(false)
})

test('a connection the server closes ends what waits, and what was pushed is no answer any more', async () => {
  const { url } = await served((_, __, socket) => void socket.disconnect(true))
  const client = await connected({ url })
  expect((await failure(client.stop('index', signal))).code).toBe('unreachable')
  expect(client.isLost()).toBe(true)
  expect((await failure(client.jobs(signal))).code).toBe('unreachable')
})

test('its certificate is held against the pin and the authority that are configured, and refused without', async () => {
  const certificate = createCertificate()
  const { url } = await served((_, reply) => reply({ ok: true, version: '2' }), certificate)
  expect(await failure(connected({ url }))).toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining(`tlsFingerprint: "SHA256:${certificate.fingerprint}"`) as string,
  })
  expect((await failure(connected({ url, tlsFingerprint: createCertificate().fingerprint }))).message).toContain('another certificate')
})

test.each(['tlsFingerprint', 'tlsCa'] as const)('a certificate that %s vouches for is accepted', async (field) => {
  const certificate = createCertificate()
  const { url } = await served((_, reply) => reply({ ok: true, version: '2' }), certificate)
  const vouched = { tlsFingerprint: certificate.fingerprint, tlsCa: certificate.certificate }[field]
  expect(await (await connected({ url, [field]: vouched })).version(signal)).toBe('2')
})

test.each(['http://nas/prefix', 'http://admin:secret@nas', 'unix:///run/uptime-kuma.sock', 'nas:8080'])(
  'the address %s, which the library would take for something else, is refused',
  (url) => {
    expect(config.url.safeParse(url).success).toBe(false)
  },
)
