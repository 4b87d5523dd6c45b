import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createConnection } from '@rackwarden/core/runtime'
import { createCertificate, failure } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { config, connect } from '../src/client.ts'
import { Server } from '../src/libraries/socket-io.ts'
import { createRecords } from '../src/simulation/records.ts'
import { serveKuma } from '../src/simulation/server.ts'
import { account, defaultWorld, type UptimeKumaWorld } from '../src/simulation/world.ts'

const { signal } = new AbortController()
const { username, password } = account
const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const versions = ['1.23.17', '2.5.3'] as const

interface Given {
  username?: string
  password?: string
  token?: string
  totpSecret?: string
  timeoutMs?: number
  tlsFingerprint?: string
}

async function connectedTo(url: string, given: Given) {
  const connection = createConnection({ url, ...given }, { log: () => undefined })
  onTestFinished(() => connection.close?.())
  const client = await connect({ timeoutMs: 5_000, url, ...given }, connection)
  onTestFinished(() => client.close())
  return client
}

async function connected(world: Partial<UptimeKumaWorld> = {}, given: Given = { username, password }) {
  const whole = { ...defaultWorld, ...world }
  const server = await serveKuma(createRecords(whole), whole)
  onTestFinished(() => server.kill())
  return connectedTo(`http://127.0.0.1:${server.port}`, given)
}

test.each(versions)('%s: it is greeted, logs in, and has every list when it is ready', async (version) => {
  const client = await connected({ version })
  const monitors = await client.monitors(signal)
  expect(monitors).toHaveLength(10)
  expect(client.version()).toBe(version)
  expect(client.picture.isSecond()).toBe(version.startsWith('2'))
  expect(client.picture.notifications().map(({ name, config: type }) => `${name} ${type}`)).toEqual(['Phone ntfy', 'Team chat discord'])
  expect(client.picture.recordOf(2)).toMatchObject({ uptime: 0.967, certificateDays: 9 })
  expect(client.picture.recordOf(2).beats.at(-1)).toMatchObject({ status: 0, time: '2026-06-01T08:00:00Z' })
})

test('a web server that is something else is told as that', async () => {
  const server = createServer((_, response) => void response.end('<html>Welcome</html>')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const error = await failure(connectedTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { username, password }))
  expect(error).toMatchObject({ code: 'upstream', message: 'What answers there is not Uptime Kuma.' })
  expect(error.hint).toContain('Is url the address of Uptime Kuma itself')
})

test.each(versions)('%s: a change older than the checks it sends is known all the same', async (version) => {
  const client = await connected({ version })
  expect(client.picture.recordOf(4).beats[0]?.time).toBe('2026-06-01T07:41:00Z')
  expect(client.picture.recordOf(4).changes).toMatchObject([{ time: '2026-05-02T04:11:00Z', status: 1 }])
})

test.each(versions)('%s: an event sent before its greeting is dropped, so that nothing is asked before', async (version) => {
  const world: UptimeKumaWorld = { ...defaultWorld, version, greets: 'when spoken to' }
  const server = await serveKuma(createRecords(world), world)
  onTestFinished(() => server.kill())
  const { io } = await import('../src/libraries/socket-io-client.ts')
  const socket = io(`http://127.0.0.1:${server.port}`, { transports: ['websocket'], forceNew: true })
  onTestFinished(() => void socket.disconnect())
  let answered = false
  socket.on('connect', () => socket.emit('login', { username, password, token: '' }, () => (answered = true)))
  await once(socket as never, 'info')
  const again = (await socket.timeout(5_000).emitWithAck('login', { username, password, token: '' })) as { ok: boolean }
  expect([answered, again.ok]).toEqual([false, true])
})

test.each(versions)('%s: a wrong password, a wrong token and one of a deleted account are unauthorized', async (version) => {
  expect(await failure(connected({ version }, { username, password: 'wrong' }))).toMatchObject({ code: 'unauthorized' })
  expect(await failure(connected({ version }, { token: 'wrong' }))).toMatchObject({ code: 'unauthorized' })
  const deleted = await failure(connected({ version }, { token: 'of a deleted account' }))
  expect(deleted).toMatchObject({ code: 'unauthorized', message: 'The account is inactive or deleted.' })
})

test.each(versions)('%s: a token logs in without name and password', async (version) => {
  expect(await (await connected({ version }, { token: account.token })).monitors(signal)).toHaveLength(10)
})

test.each(versions)('%s: with two factors it needs the secret of the authenticator', async (version) => {
  const world = { version, totpSecret }
  expect((await failure(connected(world))).hint).toContain('totpSecret')
  expect(await (await connected(world, { username, password, totpSecret })).monitors(signal)).toHaveLength(10)
  const other = { username, password, totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }
  expect(await failure(connected(world, other))).toMatchObject({ code: 'unauthorized' })
})

test('a code that was used is refused, so whoever connects anew at once takes another', async () => {
  const world = { ...defaultWorld, totpSecret }
  const server = await serveKuma(createRecords(world), world)
  onTestFinished(() => server.kill())
  const url = `http://127.0.0.1:${server.port}`
  await connectedTo(url, { username, password, totpSecret })
  expect(await (await connectedTo(url, { username, password, totpSecret })).monitors(signal)).toHaveLength(10)
})

test.each(['123456', 'not-the-right-one', ''])('a totpSecret %j that is none is told apart from a wrong one', async (secret) => {
  expect((await failure(connected({ totpSecret }, { username, password, totpSecret: secret }))).message).toContain('is not the secret')
})

test.each(versions)('%s: more logins than it takes are told as that', async (version) => {
  expect(await failure(connected({ version, loginsAllowed: 0 }))).toMatchObject({ code: 'rate_limited' })
})

test.each(versions)('%s: one without an account says where to make it', async (version) => {
  const none = await failure(connected({ version, door: 'not set up' }))
  expect(none).toMatchObject({ code: 'invalid_config', hint: expect.stringContaining('browser') as string })
  expect(await failure(connected({ version, door: 'not set up' }, { timeoutMs: 500 }))).toMatchObject({ code: 'invalid_config' })
})

test.each(versions)('%s: one that lets everybody in needs no login, and one that does not says so', async (version) => {
  expect(await (await connected({ version, door: 'open' }, {})).monitors(signal)).toHaveLength(10)
  expect(await failure(connected({ version }, { timeoutMs: 500 }))).toMatchObject({ code: 'unauthorized' })
})

test.each(versions)('%s: an Uptime Kuma without monitors is no reason to wait', async (version) => {
  expect(await (await connected({ version, monitors: [] })).monitors(signal)).toEqual([])
})

test('reads answer from what was pushed, deltas included, and nothing is asked', async () => {
  const server = await serveKuma(createRecords(defaultWorld), defaultWorld)
  onTestFinished(() => server.kill())
  const url = `http://127.0.0.1:${server.port}`
  const client = await connectedTo(url, { username, password })
  const other = await connectedTo(url, { username, password })
  const heard = client.picture
  await other.pause(4, signal)
  await other.remove(5, signal)
  await other.monitors(signal)
  // What the other did came over the wire before the answer to this.
  await client.tags(signal)
  expect(heard.monitors().find(({ id }) => id === 4)?.active).toBe(false)
  expect(heard.monitors().some(({ id }) => id === 5)).toBe(false)
  expect(heard.recordOf(5).beats).toEqual([])
})

test('a list in a form nobody knows is told, and not taken for an empty one', async () => {
  const url = await served((event, reply, socket) => {
    if (event === 'getMonitorList') socket.emit('monitorList', { 1: { id: 'one' } })
    reply({ ok: true })
  })
  expect(await failure(connectedTo(url, { username, password }))).toMatchObject({
    code: 'upstream',
    message: expect.stringContaining('form') as string,
  })
})

test.each([
  [{ ok: false, msg: 'Permission denied.' }, 'forbidden'],
  [{ ok: false, msg: 'You do not own this monitor.' }, 'not_found'],
  [{ ok: false, msg: "Cannot read properties of null (reading 'id')" }, 'not_found'],
  [{ ok: false, msg: 'You are not logged in.' }, 'unauthorized'],
  [{ ok: false, msg: 'SQLITE_CONSTRAINT: NOT NULL constraint failed: monitor.conditions' }, 'upstream'],
  [{ ok: false, msg: { key: 1 } }, 'upstream'],
  ['<html>', 'upstream'],
])('an acknowledgement %j is %s', async (answer, code) => {
  const url = await served((event, reply, socket) => {
    if (event === 'getMonitorList') socket.emit('monitorList', {})
    reply(event === 'getTags' ? answer : { ok: true })
  })
  expect(await failure((await connectedTo(url, { username, password })).tags(signal))).toMatchObject({ code })
})

test('a field the database does not know is named', async () => {
  const client = await connected({ version: '1.23.17' })
  expect((await failure(client.add({ accepted_statuscodes: ['200-299'], conditions: [] }, signal))).message).toContain("'conditions'")
})

test('an acknowledgement that does not come ends at the limit, and at once where nobody waits any more', async () => {
  const url = await served((event, reply, socket) => {
    if (event === 'getMonitorList') socket.emit('monitorList', {})
    if (event !== 'getTags') reply({ ok: true })
  })
  const client = await connectedTo(url, { username, password, timeoutMs: 300 })
  expect((await failure(client.tags(signal))).code).toBe('timeout')
  const caller = new AbortController()
  const waiting = client.tags(caller.signal)
  caller.abort(new Error('nobody waits'))
  await expect(waiting).rejects.toThrow('nobody waits')
  expect(client.isLost()).toBe(false)
})

test('a connection the server closes ends what waits, and what was pushed is no answer any more', async () => {
  const url = await served((event, reply, socket) => {
    if (event === 'getTags') return void socket.disconnect(true)
    if (event === 'getMonitorList') socket.emit('monitorList', {})
    return reply({ ok: true })
  })
  const client = await connectedTo(url, { username, password })
  expect((await failure(client.tags(signal))).code).toBe('unreachable')
  expect(client.isLost()).toBe(true)
  expect((await failure(client.monitors(signal))).code).toBe('unreachable')
})

test('its certificate is held against the pin that is configured, and refused without', async () => {
  const certificate = createCertificate()
  const url = await served((event, reply, socket) => {
    if (event === 'getMonitorList') socket.emit('monitorList', {})
    reply({ ok: true })
  }, certificate)
  expect(await failure(connectedTo(url, { username, password }))).toMatchObject({ code: 'unreachable' })
  expect(await (await connectedTo(url, { username, password, tlsFingerprint: certificate.fingerprint })).monitors(signal)).toEqual([])
})

test.each(['http://nas/prefix', 'http://admin:secret@nas', 'unix:///run/kuma.sock', 'nas:3001'])(
  'the address %s, which the library would take for something else, is refused',
  (url) => {
    expect(config.url.safeParse(url).success).toBe(false)
  },
)

type Reply = (answer: unknown) => void
type Peer = { disconnect: (close: boolean) => unknown; emit: (event: string, value: unknown) => unknown }

/** A server that greets, and answers as it is told to. */
async function served(
  answer: (event: string, reply: Reply, socket: Peer) => unknown,
  certificate?: { key: string; certificate: string },
): Promise<string> {
  const listener = certificate === undefined ? createServer() : createTlsServer({ key: certificate.key, cert: certificate.certificate })
  const server = new Server(listener, { serveClient: false })
  server.on('connection', (socket) => {
    socket.onAny((event: string, ...given: unknown[]) => answer(event, given.pop() as Reply, socket))
    socket.emit('info', {})
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onTestFinished(() => server.close())
  return `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${(listener.address() as AddressInfo).port}`
}
