import { createNotifier, createRuntime, readAudit, type NotifyChannel } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { directory, serve } from '../connect/loopback.ts'
import { listener, requestFor } from './told.ts'

const began = Date.parse('2026-01-01T00:00:00Z')
const page = 'https://rackwarden.home.example'
const link = expect.stringMatching(/^https:\/\/rackwarden\.home\.example\/approvals\/20260101T000000-abcdef\?key=[\da-z]+-[\w-]{43}$/)

/** A notifier whose time passes only where it waits. */
async function open(channels: readonly NotifyChannel[]) {
  const stateDirectory = await directory()
  const log: string[] = []
  const pauses: number[] = []
  let now = began
  const runtime = createRuntime({
    version: '1.2.3',
    environment: {},
    stateDirectory,
    log: (level, message) => log.push(`${level}: ${message}`),
    clock: {
      now: () => now,
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted()
        pauses.push(milliseconds)
        now += milliseconds
      },
      after: (milliseconds, then) => {
        if (milliseconds === 0) then()
        return () => undefined
      },
    },
  })
  const notifier = createNotifier(runtime, { url: page, plainHttp: false, channels })
  onTestFinished(() => runtime.close())
  const audit = async () => {
    await runtime.audit.flush()
    return readAudit(stateDirectory)
  }
  return { notifier, runtime, log, pauses, audit }
}

async function sent(channel: (url: string) => NotifyChannel, request = requestFor()) {
  const { url, received } = await listener()
  const { notifier, log } = await open([channel(url)])
  notifier.announce(request)
  await notifier.close(Infinity)
  expect(log).toEqual([])
  expect(received).toHaveLength(1)
  return received[0]!
}

describe('a request for approval is told', () => {
  const text = 'Restart jellyfin\ndocker/container/jellyfin\nAsked by local:assistant, until 01:00 UTC.'
  const title = 'Approval needed: docker restart_container'

  test('by ntfy, with the link behind the notification and behind a button', async () => {
    const { method, url, headers, body } = await sent((at) => ({ kind: 'ntfy', url: at, topic: 'lab', token: 'tk_abcdefgh' }))
    expect([method, url, headers['authorization'], headers['content-type']]).toEqual([
      'POST',
      '/',
      'Bearer tk_abcdefgh',
      'application/json',
    ])
    expect(body).toEqual({
      topic: 'lab',
      title,
      message: text,
      priority: 4,
      click: link,
      actions: [{ action: 'view', label: 'Decide', url: link }],
    })
  })

  test('by Gotify, below a path too', async () => {
    const { url, headers, body } = await sent((at) => ({ kind: 'gotify', url: `${at}/gotify/`, token: 'Abcdefghij' }))
    expect([url, headers['x-gotify-key']]).toEqual(['/gotify/message', 'Abcdefghij'])
    expect(body).toEqual({
      title,
      message: expect.stringMatching(/^Restart jellyfin\n[\s\S]*\n\nhttps:\/\/rackwarden/),
      priority: 8,
      extras: { 'client::display': { contentType: 'text/plain' }, 'client::notification': { click: { url: link } } },
    })
  })

  test('by Telegram, as text nothing is made of, and without a preview that would open the link', async () => {
    const { url, body } = await sent((at) => ({ kind: 'telegram', url: at, token: '123:ABC-def', chat: '-100200' }))
    expect(url).toBe('/bot123:ABC-def/sendMessage')
    const { text: whole, entities, ...rest } = body as { text: string; entities: { offset: number; length: number }[] }
    expect(rest).toEqual({ chat_id: '-100200', link_preview_options: { is_disabled: true } })
    expect(whole.split('\n\n').at(-1)).toEqual(link)
    expect(entities.map(({ offset, length }) => whole.slice(offset, offset + length))).toEqual([text])
  })

  test('by Discord, to nobody by name, and in the thread its address names', async () => {
    const asked = requestFor({ summary: 'Restart ```@everyone' })
    const { url, body } = await sent((at) => ({ kind: 'discord', url: `${at}/api/webhooks/1/abc?thread_id=7` }), asked)
    expect(url).toBe('/api/webhooks/1/abc?thread_id=7')
    expect(body).toEqual({
      content: expect.stringMatching(/^\*\*Approval needed\*\*\n```\n[^`]*Restart '''@everyone[^`]*\n```\n<https:\/\/rackwarden\S+>$/),
      allowed_mentions: { parse: [] },
      flags: 4,
    })
  })

  test('by a webhook, with the facts for whatever makes something of them', async () => {
    const { url, headers, body } = await sent((at) => ({ kind: 'webhook', url: `${at}/hook?flow=2`, token: 'abcdefgh' }))
    expect([url, headers['authorization']]).toEqual(['/hook?flow=2', 'Bearer abcdefgh'])
    expect(body).toEqual({
      title,
      text,
      url: link,
      id: '20260101T000000-abcdef',
      service: 'docker',
      instance: 'attic',
      tool: 'restart_container',
      principal: 'local:assistant',
      summary: 'Restart jellyfin',
      targets: ['docker/container/jellyfin'],
      expires_at: '2026-01-01T01:00:00.000Z',
    })
  })

  test('without input, what changes, secrets, control characters, or a link somebody else chose', async () => {
    const { url, received } = await listener()
    const { notifier, runtime } = await open([{ kind: 'webhook', url }])
    runtime.secrets.add('hunter2hunter2')
    const summary = 'Restart hunter2hunter2 \u202Eat https://evil.example/approvals and www.evil.example\nnow'
    const targets = ['a/b/1', 'a/b/2', 'a/b/3', 'a/b/4', 'a/b/5']
    notifier.announce(requestFor({ summary, targets }, { typed: 'jellyfin' }))
    await notifier.close(Infinity)
    const { text: shown } = received[0]!.body as { text: string }
    expect(shown.split('\n')).toEqual([
      'Restart [redacted] at https: //evil.example/approvals and www .evil.example now',
      'a/b/1',
      'a/b/2',
      'a/b/3',
      'and 2 more',
      'This cannot be taken back.',
      'Asked by local:assistant, until 01:00 UTC.',
    ])
    expect(JSON.stringify(received)).not.toMatch(/of the input|earlier → now|hunter2|202e/i)
  })
})

describe('a channel that does not take a notification', () => {
  test('is tried again with growing pauses, as long as it asks for, and the others are told all the same', async () => {
    const busy = await listener(503, { status: 429, headers: { 'retry-after': '30' } })
    const well = await listener()
    const { notifier, pauses, audit } = await open([
      { kind: 'gotify', url: busy.url, token: 'abcdefgh' },
      { kind: 'webhook', url: well.url },
    ])
    notifier.announce(requestFor())
    await expect.poll(() => busy.received.length).toBe(3)
    await notifier.close(Infinity)
    expect(pauses).toEqual([1_000, 30_000])
    expect(well.received).toHaveLength(1)
    expect((await audit()).map(({ kind, call, result, input }) => [kind, call, result, input])).toEqual([
      ['approval', '20260101T000000-abcdef', 'announced', { channel: 'webhook' }],
      ['approval', '20260101T000000-abcdef', 'announced', { channel: 'gotify' }],
    ])
  })

  test('is given up at once where trying is of no use, and log and audit say why without its secret', async () => {
    const { url, received } = await listener({ status: 401, text: '{"description":"Unauthorized 123:ABCDEFGH"}' })
    const { notifier, runtime, log, audit } = await open([{ kind: 'telegram', url, token: '123:ABCDEFGH', chat: '1' }])
    runtime.secrets.add('123:ABCDEFGH')
    notifier.announce(requestFor())
    await notifier.close(Infinity)
    expect(received).toHaveLength(1)
    expect(log).toEqual([expect.stringContaining('could not be told by telegram: telegram answered 401: Unauthorized [redacted]')])
    const lines = await audit()
    expect(lines).toMatchObject([{ result: 'not announced', error: 'unauthorized: telegram answered 401: Unauthorized [redacted]' }])
    expect(JSON.stringify(lines)).not.toContain('ABCDEFGH')
  })

  test('is not followed to another address with its token', async () => {
    const other = await listener()
    const { url } = await listener({ status: 307, headers: { location: other.url } })
    const { notifier, log } = await open([{ kind: 'ntfy', url, topic: 'lab', token: 'tk_abcdefgh' }])
    notifier.announce(requestFor())
    await notifier.close(Infinity)
    expect(other.received).toEqual([])
    expect(log.join()).toContain('ntfy answered 307')
  })

  test('is given up when the request is past', async () => {
    const { url, received } = await listener(...Array<number>(50).fill(500))
    const { notifier, pauses, audit } = await open([{ kind: 'webhook', url }])
    notifier.announce(requestFor({}, { expires_at: '2026-01-01T00:01:00.000Z' }))
    await expect.poll(async () => (await audit()).length).toBe(1)
    await notifier.close(Infinity)
    expect(pauses).toEqual([1_000, 5_000, 20_000])
    expect(received).toHaveLength(4)
  })

  test('does not keep a process that ends waiting: what is under way is cut off', async () => {
    const silent = await serve(() => undefined)
    const { notifier, audit } = await open([{ kind: 'webhook', url: silent.url }])
    notifier.announce(requestFor())
    await expect.poll(() => silent.connections()).toBe(1)
    await notifier.close(0)
    expect(await audit()).toMatchObject([{ result: 'not announced', error: 'timeout: The process ended before it was sent.' }])
  })
})
