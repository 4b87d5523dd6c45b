import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { acceptWebSockets, type AcceptedSocket } from '../../src/connect/accept-web-sockets.ts'
import { openRpcClient, type RpcClient, type RpcClientOptions } from '../../src/connect/rpc-client.ts'
import type { Connection } from '../../src/define/connection.ts'
import { WebSocketServer } from '../../src/libraries/ws.ts'
import { createFaultProxy } from '../../src/testing/fault-proxy.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect, serve } from './loopback.ts'

interface Request {
  id: number
  method: string
  params?: unknown
}

type Answer = (request: Request, socket: AcceptedSocket) => void

function dialTo(answer: Answer): Connection['dial'] {
  return acceptWebSockets((socket) => (message) => answer(message as Request, socket))
}

async function open(connection: Connection, options: Partial<RpcClientOptions> = {}): Promise<RpcClient> {
  const client = await openRpcClient(connection, { name: 'Echo', url: 'http://echo.simulated', timeoutMs: 5_000, ...options })
  onTestFinished(() => client.close())
  return client
}

function simulated(answer: Answer, options: Partial<RpcClientOptions> = {}): Promise<RpcClient> {
  return open({ ...connect({}), dial: dialTo(answer) }, options)
}

test('each reply finds its request, in whatever order they come', async () => {
  const held: Request[] = []
  const client = await simulated((request, socket) => {
    held.unshift(request)
    if (held.length === 3) for (const { id, params } of held) socket.send({ jsonrpc: '2.0', id, result: params })
  })
  const schema = z.object({ number: z.number() })
  const answers = await Promise.all([1, 2, 3].map((number) => client.request('echo', { params: { number }, schema })))
  expect(answers).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
})

test('a result in another form than asked for is told with its place', async () => {
  const client = await simulated(({ id }, socket) => socket.send({ id, result: { number: 'one' } }))
  expect((await failure(client.request('echo', { schema: z.object({ number: z.number() }) }))).message).toContain("at 'number'")
  expect(client.lost()).toBeUndefined()
})

test("errors of the upstream are told by its codes, and 'upstream' where they have none of ours", async () => {
  const client = await simulated(
    ({ id, method }, socket) => socket.send({ id, error: { code: method === 'known' ? 7 : 8, message: 'no\u0007 such\nthing' } }),
    { codes: { 7: 'not_found' } },
  )
  expect(await failure(client.request('known'))).toMatchObject({
    code: 'not_found',
    message: 'Echo answered known with error 7: no such thing',
  })
  expect((await failure(client.request('other'))).code).toBe('upstream')
})

test('what the upstream says of its own accord is handed on, and its own requests are not answered', async () => {
  const heard: unknown[] = []
  const client = await simulated(
    ({ id }, socket) => {
      socket.send({ method: 'changed', params: [1] })
      socket.send({ id: 99, method: 'ask', params: [2] })
      socket.send({ id, result: true })
    },
    { notified: (method, params) => void heard.push([method, params]) },
  )
  await client.request('go')
  expect(heard).toEqual([['changed', [1]]])
})

test('a request that is not answered ends at its limit, and a reply that comes later is given to nobody', async () => {
  let late: (() => void) | undefined
  const client = await simulated(({ id, method }, socket) => {
    if (method === 'slow') late = () => socket.send({ id, result: 'late' })
    // Another word is a sign of life, so that the connection is kept.
    if (method === 'slow') return socket.send({ method: 'busy' })
    late?.()
    return socket.send({ id, result: 'prompt' })
  })
  expect((await failure(client.request('slow', { timeoutMs: 50 }))).code).toBe('timeout')
  expect(await client.request('quick')).toBe('prompt')
})

test('a connection that says nothing until the limit is given up, for it may be dead', async () => {
  const client = await simulated(() => undefined)
  expect((await failure(client.request('slow', { timeoutMs: 50 }))).code).toBe('timeout')
  expect(client.lost()).toMatchObject({ code: 'unreachable' })
  expect((await failure(client.request('again'))).code).toBe('unreachable')
})

test('whoever aborts is answered at once, with the own reason', async () => {
  const client = await simulated(() => undefined)
  const caller = new AbortController()
  const waiting = client.request('slow', { signal: caller.signal })
  caller.abort(new Error('nobody waits'))
  await expect(waiting).rejects.toThrow('nobody waits')
  await expect(client.request('slow', { signal: caller.signal })).rejects.toThrow('nobody waits')
  expect(client.lost()).toBeUndefined()
})

test('a socket that is closed ends everything that waits, with what was said at its end', async () => {
  const client = await simulated(({ method }, socket) => (method === 'last' ? socket.close(1012, 'restarting') : undefined))
  const waiting = ['first', 'second', 'last'].map((method) => failure(client.request(method)))
  for (const error of await Promise.all(waiting))
    expect(error).toMatchObject({ code: 'unreachable', message: 'http://echo.simulated closed the connection (1012: restarting).' })
})

test.each<[said: string, code: string, speak: (socket: { send: (data: string | Buffer) => void }) => void]>([
  ['no JSON', 'upstream', (socket) => socket.send('<html>')],
  ['no JSON-RPC', 'upstream', (socket) => socket.send('{"type":"hello"}')],
  ['bytes', 'upstream', (socket) => socket.send(Buffer.from([1, 2, 3]))],
  ['more than is taken', 'upstream', (socket) => socket.send(`"${'x'.repeat(2_000)}"`)],
])('an upstream that says %s is refused, and nothing more is taken from it', async (_, code, speak) => {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => speak(socket))
  const { url } = await serve(() => undefined, server)
  const client = await open(connect({}), { url, maxBytes: 1_000 })
  expect((await failure(client.request('go'))).code).toBe(code)
  expect(client.lost()?.code).toBe(code)
})

test('an upstream that opens no WebSocket is told by its status and its words', async () => {
  const server = createServer()
  server.on('upgrade', (_, socket) => {
    const body = JSON.stringify({ message: 'not for you' })
    socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  })
  const { url } = await serve(() => undefined, server)
  expect(await failure(open(connect({}), { url }))).toMatchObject({ code: 'forbidden', message: 'Echo answered 403: not for you' })
})

test('an upstream that agrees to anything but a WebSocket is no WebSocket', async () => {
  const server = createServer()
  server.on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: no\r\n\r\n'),
  )
  const { url } = await serve(() => undefined, server)
  expect(await failure(open(connect({}), { url }))).toMatchObject({
    code: 'upstream',
    message: `${url} answered with something that is not what was asked of a WebSocket.`,
  })
})

test('a certificate that nobody vouches for is refused with the line that pins it, and accepted with it', async () => {
  const dial = dialTo(({ id }, socket) => socket.send({ id, result: 'safe' }))
  const proxy = await createFaultProxy(() => new Response(), { tls: true, dial: () => dial({ host: 'echo.simulated', port: 80 }) })
  onTestFinished(() => proxy.close())
  const { url, fingerprint, certificate } = proxy
  expect(await failure(open(connect({}), { url }))).toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining(`tlsFingerprint: "SHA256:${fingerprint}"`) as string,
  })
  for (const vouched of [{ tlsFingerprint: fingerprint }, { tlsCa: certificate }, { tlsInsecure: true }])
    expect(await (await open(connect(vouched), { url: url.replace('https', 'wss') })).request('go')).toBe('safe')
  expect((await failure(open(connect({ tlsFingerprint: 'AB:CD' }), { url }))).code).toBe('invalid_config')
})

test('an address without a host is refused before anybody is contacted', async () => {
  expect((await failure(open(connect({}), { url: 'echo:80' }))).code).toBe('invalid_config')
})
