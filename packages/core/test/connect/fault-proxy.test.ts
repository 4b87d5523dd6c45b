import { expect, onTestFinished, test } from 'vitest'
import { acceptWebSockets } from '../../src/connect/accept-web-sockets.ts'
import { createApiClient } from '../../src/connect/api-client.ts'
import { openRpcClient } from '../../src/connect/rpc-client.ts'
import { faults, type Fault } from '../../src/testing/fault.ts'
import { createFaultProxy } from '../../src/testing/fault-proxy.ts'
import { serveHandler } from '../../src/testing/serve-handler.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect } from './loopback.ts'

const codes: Record<Fault, string | string[]> = {
  refused: 'unreachable',
  hang: 'timeout',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
  500: 'upstream',
  html: 'upstream',
  garbage: 'upstream',
  truncated: 'upstream',
  slow: 'timeout',
  oversized: 'upstream',
  wrongCertificate: 'unreachable',
}

async function echo(request: Request): Promise<Response> {
  return Response.json({ method: request.method, path: new URL(request.url).pathname, body: await request.text() })
}

test.each([true, false])(
  'every fault is met with the right error within the limit, and is over when it is cleared (tls: %s)',
  async (tls) => {
    const proxy = await createFaultProxy(echo, { tls })
    onTestFinished(() => proxy.close())
    const connection = connect({
      url: proxy.url,
      timeoutMs: 200,
      ...(proxy.fingerprint !== undefined && { tlsFingerprint: proxy.fingerprint }),
    })
    const client = createApiClient(connection, { name: 'Echo' })
    for (const fault of faults) {
      if (fault === 'wrongCertificate' && !tls) continue
      await proxy.setFault(fault)
      for (const method of ['get', 'post'] as const) {
        const started = performance.now()
        const error = await failure(client[method]('/x', { body: undefined }))
        expect([fault, method, error.code]).toEqual([fault, method, codes[fault]])
        expect(performance.now() - started).toBeLessThan(2_000)
      }
      await proxy.setFault(null)
      expect(await client.post('/after', { body: 1, timeoutMs: 5_000 })).toEqual({ method: 'POST', path: '/after', body: '1' })
    }
    expect(proxy.requests.filter(({ path }) => path === '/after')).toHaveLength(faults.length - (tls ? 0 : 1))
  },
)

test('other protocols are led through, and meet every fault as requests do', async () => {
  const dial = acceptWebSockets((socket) => (message) => socket.send({ id: (message as { id: number }).id, result: 'heard' }))
  const proxy = await createFaultProxy(echo, { tls: true, dial: () => dial({ host: 'echo.simulated', port: 80 }) })
  onTestFinished(() => proxy.close())
  const ask = async (timeoutMs: number) => {
    const connection = connect({ tlsFingerprint: proxy.fingerprint, timeoutMs })
    const client = await openRpcClient(connection, { name: 'Echo', url: proxy.url, timeoutMs })
    try {
      return await client.request('say')
    } finally {
      await client.close()
    }
  }
  for (const fault of faults) {
    await proxy.setFault(fault)
    const { code } = await failure(ask(fault === 'hang' || fault === 'slow' ? 200 : 5_000))
    expect([fault, code]).toEqual([fault, fault === 'truncated' ? 'unreachable' : codes[fault]])
    await proxy.setFault(null)
    expect(await ask(5_000)).toBe('heard')
  }
  expect(proxy.requests.every(({ method, path }) => method === 'UPGRADE' && path === '/')).toBe(true)
})

test('what happened is not told where the connection is cut after it, once', async () => {
  let happened = false
  const proxy = await createFaultProxy((request) => {
    happened = request.method === 'POST'
    return new Response('done')
  })
  onTestFinished(() => proxy.close())
  const { fetch } = connect({ url: proxy.url })
  proxy.cutAfter(() => happened)
  expect(await (await fetch('/')).text()).toBe('done')
  expect((await failure(fetch('/', { method: 'POST' }))).code).toBe('unreachable')
  expect(await (await fetch('/', { method: 'POST' })).text()).toBe('done')
})

test('a wrong certificate needs TLS', async () => {
  const proxy = await createFaultProxy(echo)
  onTestFinished(() => proxy.close())
  await expect(proxy.setFault('wrongCertificate')).rejects.toThrow(/needs a fault proxy with tls/)
})

test('a handler is served with its streams, cookies and failures', async () => {
  const served = await serveHandler((request) => {
    if (request.url.endsWith('/fail')) throw new Error('broken')
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    return new Response(new Blob(['one ', 'two']).stream(), { status: 201, headers })
  })
  onTestFinished(() => served.close())
  const { fetch } = connect({ url: served.url })
  const response = await fetch('/')
  expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([201, 'one two', ['a=1', 'b=2']])
  expect((await fetch('/fail')).status).toBe(500)
})
