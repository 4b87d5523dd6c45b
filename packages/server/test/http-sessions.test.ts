import { describe, expect, test, vi } from 'vitest'
import { startLab } from './lab.ts'
import { initialize, openSession, proper, rpc, send } from './raw.ts'

const ping = rpc('ping')

describe('a session', () => {
  test('begins with initialize, answers with its id, and ends with DELETE', async () => {
    const { server } = await startLab()
    const headers = await openSession(server.port)
    const answer = await send(server.port, { headers, body: ping })
    expect(answer).toMatchObject({ status: 200, headers: { 'mcp-session-id': headers['mcp-session-id'] } })
    expect(await send(server.port, { headers, body: initialize })).toMatchObject({ status: 400 })
    expect(await send(server.port, { method: 'DELETE', headers })).toMatchObject({ status: 200 })
    expect(await send(server.port, { headers, body: ping })).toMatchObject({ status: 404 })
  })

  test('is not kept for an initialize that is refused', async () => {
    const { server } = await startLab()
    const answer = await send(server.port, { headers: proper, body: rpc('initialize', {}) })
    expect(JSON.parse(answer.text)).toHaveProperty('error')
    const { text } = await send(server.port, { method: 'GET', path: '/metrics' })
    await vi.waitFor(() => expect(text).toContain('rackwarden_sessions 0'))
  })

  test('ends when it was idle for too long, and not while it is used', { timeout: 30_000 }, async () => {
    const { server } = await startLab({ sessions: { idleMs: 1000, most: 10 } })
    const [used, idle] = [await openSession(server.port), await openSession(server.port)]
    await vi.waitFor(
      async () => {
        expect(await send(server.port, { headers: used, body: ping })).toMatchObject({ status: 200 })
        const { text } = await send(server.port, { method: 'GET', path: '/metrics' })
        expect(text).toContain('rackwarden_sessions 1')
      },
      { timeout: 20_000, interval: 20 },
    )
    expect(await send(server.port, { headers: idle, body: ping })).toMatchObject({ status: 404 })
  })

  test('that was idle longest gives way when there is no room, and a busy one does not', async () => {
    const { server, state } = await startLab({ sessions: { idleMs: 60_000, most: 2 } })
    const busy = await openSession(server.port)
    const waiting = send(server.port, { headers: busy, body: rpc('tools/call', { name: 'wait_signal' }, 'w') })
    await vi.waitFor(() => expect(state.waiting).toBe(1))
    const second = await openSession(server.port)
    const third = await openSession(server.port)
    expect(await send(server.port, { headers: second, body: ping })).toMatchObject({ status: 404 })
    expect(await send(server.port, { headers: third, body: ping })).toMatchObject({ status: 200 })
    await send(server.port, { headers: busy, body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'w' } } })
    expect(await waiting).toMatchObject({ status: 202 })
    expect(state.aborted).toBe(1)
  })

  test('refuses a new client when every session is busy', async () => {
    const { server, state } = await startLab({ sessions: { idleMs: 60_000, most: 1 } })
    const busy = await openSession(server.port)
    const waiting = send(server.port, { headers: busy, body: rpc('tools/call', { name: 'wait_signal' }) })
    await vi.waitFor(() => expect(state.waiting).toBe(1))
    expect(await send(server.port, { headers: proper, body: initialize })).toMatchObject({ status: 503 })
    await send(server.port, { method: 'DELETE', headers: busy })
    await waiting
    expect(state.aborted).toBe(1)
  })

  test('belongs to the principal and the address it was made with', async () => {
    const { server, tokens } = await startLab()
    const [mine, theirs] = [await tokens.create({ name: 'mine' }), await tokens.create({ name: 'theirs' })]
    const session = await openSession(server.port, { authorization: `Bearer ${mine.token}` })
    expect(await send(server.port, { headers: session, body: ping })).toMatchObject({ status: 200 })
    const stolen = { ...session, authorization: `Bearer ${theirs.token}` }
    expect(await send(server.port, { headers: stolen, body: ping })).toMatchObject({ status: 404 })
    expect(await send(server.port, { method: 'DELETE', headers: stolen })).toMatchObject({ status: 404 })
    expect(await send(server.port, { path: '/mcp/lamp', headers: session, body: ping })).toMatchObject({ status: 404 })
    expect(await send(server.port, { headers: session, body: ping })).toMatchObject({ status: 200 })
  })

  test('refuses a request with the id of one that is under way', async () => {
    const { server, state } = await startLab()
    const session = await openSession(server.port)
    const waiting = send(server.port, { headers: session, body: rpc('tools/call', { name: 'wait_signal' }, 7) })
    await vi.waitFor(() => expect(state.waiting).toBe(1))
    expect(await send(server.port, { headers: session, body: rpc('ping', {}, 7) })).toMatchObject({ status: 400 })
    await send(server.port, { method: 'DELETE', headers: session })
    await waiting
  })

  test('has one stream of its own at most', async () => {
    const { server } = await startLab()
    const session = await openSession(server.port)
    const leave = new AbortController()
    const url = server.url
    const stream = await fetch(url, {
      headers: { 'mcp-session-id': session['mcp-session-id']!, accept: 'text/event-stream' },
      signal: leave.signal,
    })
    expect(stream.status).toBe(200)
    expect(await send(server.port, { method: 'GET', headers: session })).toMatchObject({ status: 409 })
    leave.abort()
  })
})

describe('closing', () => {
  test('lets a call finish and leaves nothing open', async () => {
    const { server, state } = await startLab()
    const call = send(server.port, { headers: proper, body: rpc('tools/call', { name: 'wait_signal' }) })
    await vi.waitFor(() => expect(state.waiting).toBe(1))
    const closed = server.close()
    await expect(send(server.port, { headers: proper, body: ping })).rejects.toThrow(/ECONNREFUSED/)
    state.release()
    expect(await call).toMatchObject({ status: 200 })
    expect(state.aborted).toBe(0)
    await closed
  })

  test('does not wait for a client that holds a stream open', async () => {
    const { server } = await startLab()
    const session = await openSession(server.port)
    const stream = await fetch(server.url, { headers: { 'mcp-session-id': session['mcp-session-id']!, accept: 'text/event-stream' } })
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(3000)
    await stream.text().catch(() => undefined)
  })

  test('tells a call to stop that does not finish by itself', async () => {
    const { server, state } = await startLab({ finishMs: 100 })
    const call = send(server.port, { headers: proper, body: rpc('tools/call', { name: 'wait_signal' }) })
    await vi.waitFor(() => expect(state.waiting).toBe(1))
    await server.close()
    expect(state.aborted).toBe(1)
    expect(await call).toMatchObject({ status: 503 })
  })
})
