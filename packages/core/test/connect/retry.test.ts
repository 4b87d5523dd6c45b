import { createServer as createSocketServer } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { retryAfterMs } from '../../src/connect/retry.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect, serve } from './loopback.ts'

/** Answers with the statuses in turn, then 200. */
async function statuses(list: number[], headers: Record<string, string> = {}) {
  const seen: string[] = []
  const { url } = await serve((request, response) => {
    const status = list[seen.length] ?? 200
    seen.push(request.method ?? '')
    response.writeHead(status, status === 200 ? {} : headers).end(String(status))
  })
  return { url, seen }
}

test.each([429, 502, 503, 504])('a read that meets a %i is repeated', async (status) => {
  const { url, seen } = await statuses([status, status])
  expect((await connect({ url }).fetch('/')).status).toBe(200)
  expect(seen).toHaveLength(3)
})

test('the answer of the third attempt is given as it is', async () => {
  const { url, seen } = await statuses([503, 503, 503, 503])
  const response = await connect({ url }).fetch('/')
  expect([response.status, await response.text()]).toEqual([503, '503'])
  expect(seen).toHaveLength(3)
})

test('a write is never repeated, unless it is said to be idempotent; a failure that will not pass is not either', async () => {
  const { url, seen } = await statuses([503, 503, 200, 500])
  const { fetch } = connect({ url })
  expect((await fetch('/', { method: 'POST', body: 'x' })).status).toBe(503)
  expect(seen).toEqual(['POST'])
  expect((await fetch('/', { method: 'PUT', body: 'x', idempotent: true })).status).toBe(200)
  expect(seen).toEqual(['POST', 'PUT', 'PUT'])
  expect((await fetch('/')).status).toBe(500)
  expect((await fetch('/', { idempotent: false })).status).toBe(200)
  expect(seen).toHaveLength(5)
})

test('a streamed body is sent once, whatever is said', async () => {
  const { url, seen } = await statuses([503])
  const body = new Blob(['x']).stream()
  expect((await connect({ url }).fetch('/', { method: 'PUT', body, idempotent: true })).status).toBe(503)
  expect(seen).toHaveLength(1)
})

test('a pause the server asks for is kept where it fits, and where it does not the answer is given at once', async () => {
  const short = await statuses([429], { 'retry-after': '1' })
  const started = performance.now()
  expect((await connect({ url: short.url }).fetch('/')).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(950)
  const long = await statuses([429], { 'retry-after': '3600' })
  expect((await connect({ url: long.url, timeoutMs: 5_000 }).fetch('/')).status).toBe(429)
  expect(long.seen).toHaveLength(1)
})

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(retryAfterMs('7', now)).toBe(7_000)
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000)
  expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0)
  for (const header of [undefined, null, '', 'soon']) expect(retryAfterMs(header, now)).toBeUndefined()
})

test('a connection that is dropped is tried three times for a read and once for a write', async () => {
  let dropped = 0
  const server = createSocketServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      dropped++
      socket.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { fetch } = connect({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}` })
  expect(await failure(fetch('/'))).toMatchObject({ code: 'unreachable' })
  expect(dropped).toBe(3)
  expect(await failure(fetch('/', { method: 'POST' }))).toMatchObject({ code: 'unreachable' })
  expect(dropped).toBe(4)
})
