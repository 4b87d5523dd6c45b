import { describe, expect, test } from 'vitest'
import { createFixtureSurface, newState } from './fixture-surface.ts'
import { startLab } from './lab.ts'
import { proper, rpc, send } from './raw.ts'

const list = rpc('tools/list')
const environmentToken = 'x'.repeat(32)
/** What a proper client sends that has a token. */
const known = { ...proper, authorization: `Bearer ${environmentToken}` }

describe('the gate', () => {
  test.each(['localhost', '127.0.0.1', '127.0.0.1:3005', '[::1]:3005', 'LOCALHOST:80', 'lab.example', 'lab.example:8443'])(
    'lets the host %s through',
    async (host) => {
      const { server } = await startLab({ allowHosts: ['lab.example:3005'], environmentToken })
      expect(await send(server.port, { headers: { ...known, host }, body: list })).toMatchObject({ status: 200 })
    },
  )

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.10', 'localhost@evil.example'])(
    'refuses the host %j',
    async (host) => {
      const { server } = await startLab()
      const answer = await send(server.port, { headers: { ...proper, host }, body: list })
      expect(answer.status === 403 || answer.status === 400).toBe(true)
      expect(answer.text).not.toContain('tools')
    },
  )

  test.each(['http://localhost:6274', 'http://127.0.0.1', 'http://[::1]:8080', 'https://app.example'])(
    'lets the origin %s through and read the answer',
    async (origin) => {
      const { server } = await startLab({ allowOrigins: ['https://app.example/'] })
      const answer = await send(server.port, { headers: { ...proper, origin }, body: list })
      expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } })
      const asked = await send(server.port, { method: 'OPTIONS', headers: { origin, 'access-control-request-headers': 'mcp-session-id' } })
      expect(asked).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': 'mcp-session-id' } })
    },
  )

  test.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'chrome-extension://abc',
    'https://app.example.evil.example',
  ])('refuses the origin %s', async (origin) => {
    const { server } = await startLab({ allowOrigins: ['https://app.example'] })
    const answer = await send(server.port, { headers: { ...proper, origin }, body: list })
    expect(answer.status).toBe(403)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('beyond loopback, lets literal addresses through and still refuses foreign names', async () => {
    const token = 'x'.repeat(32)
    const { server } = await startLab({ host: '0.0.0.0', environmentToken: token })
    const headers = { ...proper, authorization: `Bearer ${token}` }
    expect(await send(server.port, { headers: { ...headers, host: '192.168.1.10:3005' }, body: list })).toMatchObject({ status: 200 })
    expect(await send(server.port, { headers: { ...headers, host: 'evil.example' }, body: list })).toMatchObject({ status: 403 })
  })
})

describe('the endpoint', () => {
  test.each(['//[', '//mcp', '/mcp//', '/mcp/../mcp', '/mcp/%6camp', '/mcp%2f', '/MCP', '/mcp;x', '/mcp\\', '*'])(
    'serves nothing at %s and logs nothing of it',
    async (path) => {
      const { server, logged } = await startLab()
      expect(await send(server.port, { path, headers: proper, body: list })).toMatchObject({ status: 404 })
      expect(logged).toEqual([])
    },
  )

  test.each(['/mcp?x=//', '/?x', 'http://localhost/mcp', 'HTTP://localhost'])('serves the whole at %s', async (path) => {
    const { server } = await startLab()
    expect(await send(server.port, { path, headers: proper, body: list })).toMatchObject({ status: 200 })
  })

  test('refuses a list with one id twice', async () => {
    const { server } = await startLab()
    expect(await send(server.port, { headers: proper, body: [rpc('ping'), rpc('ping')] })).toMatchObject({ status: 400 })
  })

  test('answers a bare POST outside any session, whatever it accepts and calls its body', async () => {
    const { server } = await startLab()
    for (const headers of [
      {},
      { accept: '*/*', 'content-type': 'application/x-www-form-urlencoded' },
      { accept: 'text/html' },
      proper,
    ] as Record<string, string>[])
      for (const path of ['/', '/mcp', '/mcp/lamp']) {
        const answer = await send(server.port, { path, headers, body: list })
        expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
        expect(answer.headers['mcp-session-id']).toBeUndefined()
        expect((JSON.parse(answer.text) as { result: { tools: unknown[] } }).result.tools.length).toBe(path === '/mcp/lamp' ? 3 : 9)
      }
    const call = await send(server.port, { body: rpc('tools/call', { name: 'get_level', arguments: {} }, 'own-id') })
    expect(JSON.parse(call.text)).toEqual({ jsonrpc: '2.0', id: 'own-id', result: { content: [{ type: 'text', text: 'level 1' }] } })
  })

  test('answers a list of requests with a list of answers', async () => {
    const { server } = await startLab()
    const body = [rpc('ping', {}, 1), rpc('tools/call', { name: 'get_level' }, 2), { jsonrpc: '2.0', method: 'notifications/initialized' }]
    const answers = JSON.parse((await send(server.port, { headers: proper, body })).text) as { id: number }[]
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([1, 2]))
  })

  test('gives the list of tools as the same bytes to everybody with the same rights', async () => {
    const { server } = await startLab()
    const [first, second] = [
      await send(server.port, { headers: proper, body: list }),
      await send(server.port, { headers: proper, body: list }),
    ]
    expect(second.text).toBe(first.text)
  })

  test.each([
    ['a body that is not JSON', { body: '{"jsonrpc":' }, 400, -32700],
    ['a body that is no message', { body: { foo: 1 } }, 400, -32600],
    ['an empty list', { body: [] }, 400, -32600],
    ['an empty body', { body: '' }, 400, -32700],
    ['another content type', { headers: { 'content-type': 'text/plain' }, body: list }, 415, -32000],
    [
      'a form sent by a page',
      { headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' }, body: list },
      415,
      -32000,
    ],
    ['an unknown service', { path: '/mcp/moon', body: list }, 404, -32000],
    ['an unknown path', { path: '/mcp/lamp/x', body: list }, 404, -32000],
    ['an unknown method', { method: 'PUT', body: list }, 405, -32000],
    ['a protocol version of nobody', { headers: { ...proper, 'mcp-protocol-version': '1999-01-01' }, body: list }, 400, -32000],
    ['a session nobody has', { headers: { ...proper, 'mcp-session-id': 'made-up' }, body: list }, 404, -32001],
    ['a GET that is no stream', { method: 'GET', headers: { accept: 'text/html' } }, 406, -32000],
    ['a GET outside any session', { method: 'GET', headers: { accept: 'text/event-stream' } }, 400, -32000],
    ['a DELETE of nothing', { method: 'DELETE' }, 400, -32000],
  ])('refuses %s', async (_, request, status, code) => {
    const { server } = await startLab()
    const answer = await send(server.port, { headers: proper, ...request })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } })
  })

  test('refuses a body of 10 MB, said beforehand or not, and goes on serving', async () => {
    const { server } = await startLab()
    const body = JSON.stringify(rpc('tools/call', { name: 'get_level', arguments: { text: 'x'.repeat(10_000_000) } }))
    expect(await send(server.port, { headers: { ...proper, 'content-length': String(body.length) }, body })).toMatchObject({ status: 413 })
    expect(await send(server.port, { headers: { ...proper, 'transfer-encoding': 'chunked' }, body })).toMatchObject({ status: 413 })
    expect(await send(server.port, { headers: proper, body: list })).toMatchObject({ status: 200 })
  })

  test('tells anybody its health, and nothing more', async () => {
    const { server } = await startLab({ environmentToken: 'x'.repeat(32) })
    const answer = await send(server.port, { method: 'GET', path: '/health' })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({ status: 'ok', version: '1.2.3', tier: 'configure' })
    expect(await send(server.port, { method: 'GET', path: '/metrics' })).toMatchObject({ status: 401 })
  })
})

describe('behind a proxy', () => {
  const publicUrl = 'https://home.example/lab'

  test('serves everything below the path it is known under, whether or not the proxy leaves it there', async () => {
    const { server } = await startLab({ publicUrl, allowHosts: ['home.example'], environmentToken })
    const headers = { ...known, host: 'home.example' }
    for (const path of ['/lab/mcp', '/mcp', '/lab', '/lab/mcp/lamp'])
      expect(await send(server.port, { path, headers, body: list })).toMatchObject({ status: 200 })
    expect(await send(server.port, { method: 'GET', path: '/lab/health', headers })).toMatchObject({ status: 200 })
    for (const path of ['/label/mcp', '/lab/lab/mcp', '/laboratory'])
      expect(await send(server.port, { path, headers, body: list })).toMatchObject({ status: 404 })
  })

  test('refuses a foreign name that a trusted proxy hides behind its own', async () => {
    const { server } = await startLab({ trustProxy: ['loopback'], allowHosts: ['home.example'], environmentToken })
    const asked = (headers: Record<string, string>) => send(server.port, { headers: { ...known, ...headers }, body: list })
    expect(await asked({ 'x-forwarded-host': 'home.example:8443' })).toMatchObject({ status: 200 })
    for (const headers of [
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-host': 'home.example, evil.example' },
      { forwarded: 'host="evil.example"' },
    ] as Record<string, string>[])
      expect(await asked(headers)).toMatchObject({ status: 403, text: expect.stringContaining('evil.example') as string })
  })

  test('lets no page of a foreign name in because it says that a proxy called it ours', async () => {
    const { server } = await startLab({ trustProxy: ['loopback'] })
    const headers = { ...proper, host: 'evil.example', 'x-forwarded-host': 'localhost' }
    expect(await send(server.port, { headers, body: list })).toMatchObject({ status: 403 })
  })

  test('knows who calls through a trusted proxy, and believes nobody else', async () => {
    const callers: unknown[] = []
    const surface = createFixtureSurface({ tier: 'configure', state: newState() })
    const watched = {
      ...surface,
      call: (request: Parameters<typeof surface.call>[0]) => (callers.push(request.caller), surface.call(request)),
    }
    const call = rpc('tools/call', { name: 'get_level', arguments: {} })
    for (const trustProxy of [['loopback'], []]) {
      const { server } = await startLab({ surface: watched, trustProxy, environmentToken })
      await send(server.port, { headers: { ...known, 'x-forwarded-for': '6.6.6.6, 203.0.113.9' }, body: call })
    }
    expect(callers).toEqual([
      { principal: 'token:environment', tier: 'configure', from: '203.0.113.9' },
      { principal: 'token:environment', tier: 'configure' },
    ])
  })

  test.each<[string, Record<string, string>]>([
    ['names the host a proxy was asked for', { host: 'home.example' }],
    ['was passed on', { 'x-forwarded-for': '127.0.0.1' }],
    ['was passed on, by the standard', { forwarded: 'for=127.0.0.1' }],
    ['was passed on without a word of whom', { via: '1.1 proxy' }],
  ])('needs a token for what %s, though this machine needs none', async (_, headers) => {
    const { server } = await startLab({ allowHosts: ['home.example'], trustProxy: ['loopback'] })
    expect(await send(server.port, { headers: { ...proper, ...headers }, body: list })).toMatchObject({ status: 401 })
    expect(await send(server.port, { headers: proper, body: list })).toMatchObject({ status: 200 })
  })
})
