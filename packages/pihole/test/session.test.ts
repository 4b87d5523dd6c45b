import { expect, onTestFinished, test, vi } from 'vitest'
import { config } from '../src/client.ts'
import { alike, openFtl, openLab } from './pair.ts'

const { signal } = new AbortController()

test('concurrent first calls share one login, and the seat is given back when the client is closed', async () => {
  const { ftl, open } = openFtl()
  const client = await open()
  await Promise.all([client.blocking(signal), client.summary(signal), client.lines(signal)])
  expect([ftl.logins.length, ftl.sessions.size]).toEqual([1, 1])
  await client.close()
  expect(ftl.sessions.size).toBe(0)
})

test('an address without http:// or a host is refused as that, not as an address of its DNS', () => {
  const isTaken = (url: string) => config.url.safeParse(url).success
  expect(['pi.hole', '10.0.0.2', 'http://', 'ftp://pi.hole'].map(isTaken)).toEqual([false, false, false, false])
  expect(['http://pi.hole', 'https://10.0.0.2:8443', 'http://[fd00::2]/'].map(isTaken)).toEqual([true, true, true])
})

test('nobody logs in before something is asked, and closing then is nothing', async () => {
  const { ftl, open } = openFtl()
  await (await open()).close()
  expect(ftl.logins).toEqual([])
})

test('whoever asked first may leave: the login goes on for the others', async () => {
  const { ftl, open } = openFtl()
  const client = await open()
  const leaving = new AbortController()
  const first = client.blocking(leaving.signal)
  const second = client.blocking(signal)
  leaving.abort(new Error('left'))
  await expect(first).rejects.toThrow('left')
  expect((await second).blocking).toBe('enabled')
  expect(ftl.logins).toHaveLength(1)
})

test('a restart of FTL forgets the session, and one new login is made for all who find out', async () => {
  const { ftl, open } = openFtl()
  const client = await open()
  await client.blocking(signal)
  ftl.sessions.clear()
  await Promise.all([client.blocking(signal), client.summary(signal), client.messages(signal)])
  expect([ftl.logins.length, ftl.sessions.size]).toEqual([2, 1])
})

test('a session that is refused anew after the new login is an error, and no third login is tried', async () => {
  const { ftl, open } = openFtl()
  const client = await open()
  await client.blocking(signal)
  // Every seat is gone as soon as it is taken.
  ftl.sessions.add = () => ftl.sessions
  ftl.sessions.clear()
  await expect(client.blocking(signal)).rejects.toMatchObject({ code: 'unauthorized' })
  expect(ftl.logins).toHaveLength(2)
})

test('no more than one of the sixteen seats is ever taken, and that they are all taken is told', async () => {
  const { ftl, open } = openFtl()
  const clients = []
  for (let index = 0; index < 16; index += 1) {
    const client = await open()
    await client.blocking(signal)
    await client.summary(signal)
    clients.push(client)
  }
  expect(ftl.sessions.size).toBe(16)
  const late = await open()
  await expect(late.blocking(signal)).rejects.toMatchObject({ code: 'rate_limited', hint: expect.stringContaining('max_sessions') })
  await clients[0]?.close()
  expect((await late.blocking(signal)).blocking).toBe('enabled')
})

test('without a password there nobody logs in, whether one is configured or not', async () => {
  const { ftl, open } = openFtl({ password: undefined as never })
  expect((await (await open()).blocking(signal)).blocking).toBe('enabled')
  const needless = await open({ password: 'not-needed' })
  expect((await needless.blocking(signal)).blocking).toBe('enabled')
  await needless.close()
  expect(ftl.logins).toEqual([])
})

/** Something that happens once, and can be waited for. */
function moment() {
  let happen: () => void = () => undefined
  const happened = new Promise<void>((resolve) => (happen = resolve))
  return { happened, happen: () => happen() }
}

test('a login that is under way when the client is closed is waited for, and its seat is given back', async () => {
  const { ftl, open, connection } = openFtl()
  const fetch = connection.fetch.bind(connection)
  const [begun, letIn] = [moment(), moment()]
  connection.fetch = async (target, options) => {
    begun.happen()
    if (options?.method === 'POST') await letIn.happened
    return fetch(target, options)
  }
  const client = await open()
  const asking = client.blocking(signal).catch(() => undefined)
  await begun.happened
  const closing = client.close()
  letIn.happen()
  await Promise.all([closing, asking])
  expect([ftl.logins.length, ftl.sessions.size]).toEqual([1, 0])
})

test('a login that hangs is given up where the client is closed', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { open, connection } = openFtl()
  const begun = moment()
  connection.fetch = async (_, options) =>
    new Promise((_resolve, reject) => {
      begun.happen()
      options?.signal?.addEventListener('abort', () => reject(new Error('given up')), { once: true })
    })
  const client = await open()
  const asking = client.blocking(signal).catch((error: unknown) => error)
  await begun.happened
  const closed = client.close()
  vi.advanceTimersByTime(1_500)
  await closed
  expect(await asking).toMatchObject({ message: 'given up' })
})

test('a client that was closed takes no seat any more', async () => {
  const { ftl, open } = openFtl()
  const client = await open()
  await client.close()
  await expect(client.blocking(signal)).rejects.toMatchObject({ code: 'unreachable' })
  expect(ftl.logins).toEqual([])
})

test('where one is needed and none is configured, that is said', async () => {
  const { open } = openFtl()
  await expect((await open({ password: undefined })).blocking(signal)).rejects.toMatchObject({
    code: 'unauthorized',
    hint: expect.stringContaining('Set password'),
  })
})

test('a wrong password is unauthorized, and guessing on is held up', async () => {
  const { open } = openFtl()
  const client = await open({ password: 'a-guess' })
  for (let guess = 0; guess < 5; guess += 1)
    await expect(client.blocking(signal)).rejects.toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('app password') })
  await expect(client.blocking(signal)).rejects.toMatchObject({ code: 'rate_limited', hint: expect.stringContaining('failed logins') })
})

const totpSecret = 'JBSWY3DPEHPK3PXP'

test('a second factor is met with the code of the moment, in whatever groups its secret is written', async () => {
  const { open } = openFtl({ totpSecret })
  expect((await (await open({ totpSecret: 'jbsw y3dp ehpk 3pxp' })).blocking(signal)).blocking).toBe('enabled')
})

test.each([
  ['is missing', undefined, 'unauthorized', 'app password'],
  ['is wrong', 'JBSWY3DPEHPK3PXX', 'unauthorized', 'totpSecret'],
  ['is no secret', '!', 'unauthorized', 'base 32'],
])('a second factor that %s is told with what to do', async (_, given, code, hint) => {
  const { open } = openFtl({ totpSecret })
  await expect((await open({ totpSecret: given })).blocking(signal)).rejects.toMatchObject({
    code,
    hint: expect.stringMatching(hint),
  })
})

test('an app password that may not configure is told which setting stands in its way', async () => {
  const { open } = openFtl({ isAppPassword: true })
  const client = await open()
  const nothing = { hosts: [], cnames: [] }
  await expect(client.changeLines({ ...nothing, hosts: ['10.20.0.9 x.lan'] }, nothing, signal)).rejects.toMatchObject({
    code: 'forbidden',
    hint: expect.stringContaining('app_sudo'),
  })
})

test('an expression that no path can name is never put in, for it could not be taken out', async () => {
  const lab = await openLab(alike())
  expect(await lab.call('deny_domain', { domain: '..', regex: true })).toMatchObject({ error: { code: 'invalid_input' } })
})

test('an item that was not taken is an error, though the whole is answered with success', async () => {
  const { open } = openFtl()
  const client = await open()
  const entry = { type: 'deny' as const, kind: 'regex' as const, enabled: true, groups: [0] }
  await expect(client.addDomain({ ...entry, domain: '(' }, signal)).rejects.toMatchObject({
    code: 'upstream',
    message: expect.stringContaining("did not take '('"),
  })
  await client.addDomain({ ...entry, domain: 'x' }, signal)
  await expect(client.addDomain({ ...entry, domain: 'x' }, signal)).rejects.toMatchObject({ code: 'upstream' })
})

test('what FTL refuses is told in its own words, with what to do', async () => {
  const { open } = openFtl()
  const client = await open()
  const nothing = { hosts: [], cnames: [] }
  await expect(client.changeLines({ ...nothing, hosts: ['nonsense'] }, nothing, signal)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('Invalid value'),
  })
  await expect(client.changeLines({ ...nothing, hosts: ['10.20.0.11 nas.lan'] }, nothing, signal)).rejects.toMatchObject({
    code: 'conflict',
  })
})

test.each([
  ['<html>', 'text/html', 200],
  ['{"status":"ok"}', 'application/json', 200],
])('what is no Pi-hole of version 6 is told as such', async (body, type, status) => {
  const { connection } = openFtl()
  const { connect } = await import('../src/client.ts')
  const answering = { ...connection, fetch: async () => new Response(body, { status, headers: { 'content-type': type } }) }
  const client = await connect({ url: 'http://x', password: 'p' }, answering)
  await expect(client.blocking(signal)).rejects.toMatchObject({ code: 'upstream', message: expect.stringContaining('Pi-hole 6') })
})
