import { createApprovalRequests, createNotifier, createRuntime, openOwner, readAudit, type Clock } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { directory } from '../connect/loopback.ts'
import { listener, requestFor } from './told.ts'

/** Time that passes when a test says so. */
function steppedClock() {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const sleepers = new Map<() => void, number>()
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error)
        sleepers.set(resolve, now + milliseconds)
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      }),
    after: () => () => undefined,
  }
  const pass = (milliseconds: number) => {
    now += milliseconds
    for (const [wake, at] of sleepers) if (at <= now && sleepers.delete(wake)) wake()
  }
  return { clock, pass, sleeping: () => sleepers.size }
}

/** A notifier with a phone behind it. */
async function open() {
  const stateDirectory = await directory()
  const { clock, pass, sleeping } = steppedClock()
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory, log: () => undefined, clock })
  const phone = await listener()
  const notify = { url: 'https://rw.example', plainHttp: false, channels: [{ kind: 'webhook', url: phone.url }] } as const
  const notifier = createNotifier(runtime, notify)
  onTestFinished(async () => {
    await notifier.close(0)
    await runtime.close()
  })
  const requests = createApprovalRequests(runtime, openOwner(runtime))
  const told = () => phone.received.map(({ body }) => body as { id: string; text: string })
  const audit = async () => {
    await runtime.audit.flush()
    return (await readAudit(stateDirectory)).map(({ call, result }) => [call, result])
  }
  return { notifier, pass, sleeping, requests, told, audit }
}

const numbered = (index: number, more = {}) => requestFor({}, { id: `20260101T000000-aaaaa${'abcdefgh'[index]}`, ...more })

describe('many requests of one principal', () => {
  test('are told a few a minute, in order; the last of them says how many wait, and another principal waits for none', async () => {
    const { notifier, pass, sleeping, told } = await open()
    for (let index = 0; index < 7; index += 1) notifier.announce(numbered(index))
    await expect.poll(sleeping).toBe(1)
    await expect.poll(() => told().length).toBe(5)
    const counted = told().flatMap(({ text }) => /And .*/.exec(text)?.[0] ?? [])
    expect(counted).toEqual(['And 2 more wait.'])
    notifier.announce(numbered(7, { principal: 'token:phone' }))
    await expect.poll(() => told().length).toBe(6)
    expect(told()[5]).toMatchObject({ principal: 'token:phone' })
    pass(60_000)
    await expect.poll(() => told().length).toBe(8)
    expect(told().flatMap(({ text }) => /And .*/.exec(text)?.[0] ?? [])).toEqual(counted)
  })

  test('that were decided before their turn are not told, and take nobody’s', async () => {
    const { notifier, pass, sleeping, requests, told } = await open()
    for (let index = 0; index < 7; index += 1) {
      await requests.open(numbered(index))
      notifier.announce(numbered(index))
    }
    await expect.poll(sleeping).toBe(1)
    await expect.poll(() => told().length).toBe(5)
    await requests.withdraw(numbered(5).id, 'cli:me')
    pass(60_000)
    await expect.poll(() => told().length).toBe(6)
    expect(told()[5]).toMatchObject({ id: numbered(6).id })
  })

  test('are in the audit as not told where the process ends before their turn', async () => {
    const { notifier, sleeping, told, audit } = await open()
    for (let index = 0; index < 6; index += 1) notifier.announce(numbered(index))
    await expect.poll(sleeping).toBe(1)
    await expect.poll(() => told().length).toBe(5)
    await notifier.close(Infinity)
    expect(await audit()).toContainEqual([numbered(5).id, 'not announced'])
    expect(told()).toHaveLength(5)
  })
})

describe('a request whose form is shown by the client', () => {
  test('is told where nobody decided it within a minute', async () => {
    const { notifier, pass, sleeping, requests, told } = await open()
    await requests.open(numbered(0))
    notifier.announce(numbered(0), { formIsShown: true })
    await expect.poll(sleeping).toBe(1)
    expect(told()).toEqual([])
    pass(60_000)
    await expect.poll(() => told().length).toBe(1)
  })

  test('is not told where the form was answered', async () => {
    const { notifier, pass, sleeping, requests, told, audit } = await open()
    await requests.open(numbered(0))
    notifier.announce(numbered(0), { formIsShown: true })
    await expect.poll(sleeping).toBe(1)
    await requests.settle(numbered(0).id, 'elicitation')
    pass(60_000)
    await notifier.close(Infinity)
    expect([told(), await audit()]).toEqual([[], []])
  })

  test('is told at once where the process ends, and the form with it', async () => {
    const { notifier, sleeping, requests, told } = await open()
    await requests.open(numbered(0))
    notifier.announce(numbered(0), { formIsShown: true })
    await expect.poll(sleeping).toBe(1)
    await notifier.close(Infinity)
    expect(told()).toMatchObject([{ id: numbered(0).id }])
  })
})
