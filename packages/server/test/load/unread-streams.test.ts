import { IncomingMessage, ServerResponse } from 'node:http'
import { connect, Socket } from 'node:net'
import type { ListName } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createExchange } from '../../src/http/exchange.ts'
import { createFixtureSurface } from '../fixture-surface.ts'
import { startLab } from '../lab.ts'
import { openSession, proper, rpc, send } from '../raw.ts'

test('a stream of a session that is not read is ended, and may be opened again', { timeout: 60_000 }, async () => {
  const told = new Set<(list: ListName) => void>()
  const watch = (tell: (list: ListName) => void) => {
    told.add(tell)
    return () => void told.delete(tell)
  }
  const { server } = await startLab({ surface: { ...createFixtureSurface(), watch } })
  const session = await openSession(server.port)
  const unread = await listen(server.port, session)
  const news = setInterval(() => {
    for (let index = 0; index < 2_000; index += 1) for (const tell of told) tell('tools')
  }, 1)
  onTestFinished(() => clearInterval(news))
  // Where it still stands, another one is refused.
  const reopened = await vi.waitFor(
    async () => {
      const again = await fetch(server.url, { headers: { ...session, accept: 'text/event-stream' } })
      if (again.status !== 200) await again.body?.cancel()
      expect(again.status).toBe(200)
      return again
    },
    { timeout: 50_000, interval: 200 },
  )
  clearInterval(news)
  await reopened.body?.cancel()
  unread.destroy()
  expect(await send(server.port, { headers: session, body: rpc('ping') })).toMatchObject({ status: 200 })
})

test.each(['2025', '2026'])('a flood of progress is thinned out on its way to a client of %s, and the answer arrives', async (era) => {
  const { server } = await startLab()
  const modern = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'count_steps',
  }
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const meta = { progressToken: 'p', ...(era === '2026' ? envelope : {}) }
  const headers = { ...proper, ...(era === '2026' ? modern : await openSession(server.port)) }
  const { text } = await send(server.port, {
    headers,
    body: rpc('tools/call', { name: 'count_steps', arguments: { steps: 5_000 }, _meta: meta }),
  })
  const signs = text.match(/notifications\/progress/g) ?? []
  expect(signs.length).toBeGreaterThanOrEqual(50)
  expect(signs.length).toBeLessThan(500)
  expect(text).toContain('5000 steps')
})

test('a question that cannot reach its client because nothing is read there is refused, where news are left out', () => {
  const request = new IncomingMessage(new Socket())
  request.headers.accept = 'application/json, text/event-stream'
  const response = new ServerResponse(request)
  const encode = (message: unknown) => JSON.stringify(message)
  const exchange = createExchange([1], { request, response, headers: {}, encode })
  const news = { jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x'.repeat(100_000) } } as const
  for (let index = 0; index < 100; index += 1) expect(exchange.relate(news)).toBe(true)
  expect(response.writableLength).toBeLessThan(1_500_000)
  expect(exchange.relate({ jsonrpc: '2.0', id: 7, method: 'elicitation/create', params: {} })).toBe(false)
})

/** Opens the stream of a session, and never reads it. */
async function listen(port: number, session: Record<string, string>): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.pause()
  const headers = Object.entries({ ...session, accept: 'text/event-stream', host: '127.0.0.1' }).map(([name, value]) => `${name}: ${value}`)
  await new Promise<void>((resolve) => socket.write(`GET /mcp HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, () => resolve()))
  return socket
}
