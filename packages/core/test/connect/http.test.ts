import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { stopListening } from '../../src/testing/serve-handler.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect, directory, serve } from './loopback.ts'

const echo = (request: IncomingMessage, response: ServerResponse) => void response.end(`${request.method} ${request.url}`)

test('a path is resolved against the url and keeps its prefix; an absolute URL is taken as it is', async () => {
  const { url } = await serve(echo)
  const { fetch } = connect({ url: `${url}/api/` })
  const bodies = await Promise.all(['/v1/x?q=1', 'v1/x', '?a=b?c', `${url}/other`].map(async (target) => (await fetch(target)).text()))
  expect(bodies).toEqual(['GET /api/v1/x?q=1', 'GET /api/v1/x', 'GET /api/?a=b?c', 'GET /other'])
})

test('a path cannot climb out of the prefix, and a target cannot name another scheme', async () => {
  const { fetch } = connect({ url: 'http://127.0.0.1:1/api' })
  for (const target of ['/a/../b', '/%2e%2e/b', '/.', '/a\\..\\b', 'ftp://127.0.0.1/x'])
    expect(await failure(fetch(target))).toMatchObject({ code: 'invalid_input' })
})

test('an address that cannot be used is told by the first request, with what to write', async () => {
  for (const url of ['ssh://nas', 'localhost:8080', 'nonsense', 'http://'])
    expect(await failure(connect({ url }).fetch('/'))).toMatchObject({ code: 'invalid_config', hint: expect.stringContaining('http://') })
  expect(await failure(connect({}).fetch('/'))).toMatchObject({ code: 'invalid_config', message: 'No url is configured.' })
})

test('tcp:// means http', async () => {
  const { port } = await serve(echo)
  expect(await (await connect({ url: `tcp://127.0.0.1:${port}` }).fetch('/_ping')).text()).toBe('GET /_ping')
})

test('the words behind a status are handed on, whatever they are made of', async () => {
  const { url } = await serve((request, response) => {
    // Node refuses to write what others write.
    if (request.url === '/odd') request.socket.end('HTTP/1.1 500 gr\u00fcn \u2713\r\ncontent-length: 0\r\n\r\n')
    else response.writeHead(500, "Configuration file '100.conf' does not exist").end('{}')
  })
  const { fetch } = connect({ url })
  expect(await fetch('/')).toMatchObject({ status: 500, statusText: "Configuration file '100.conf' does not exist" })
  const odd = await fetch('/odd')
  expect(odd.status).toBe(500)
  expect(odd.statusText).toMatch(/^gr/)
})

test('a socket is kept and used again', async () => {
  const { url, connections } = await serve(echo)
  const { fetch } = connect({ url })
  for (let count = 0; count < 10; count++) expect(await (await fetch('/')).text()).toBe('GET /')
  // undici opens a second one where the first has not yet noticed that it is free.
  expect(connections()).toBeLessThanOrEqual(2)
})

test('HTTP over a Unix socket, and over TCP for another origin', async () => {
  const path = join(await directory(), 'engine.sock')
  const server = createServer(echo).listen(path)
  await once(server, 'listening')
  onTestFinished(() => stopListening(server))
  const other = await serve((_, response) => void response.end('other'))
  const { fetch } = connect({ url: `unix://${path}` })
  expect(await (await fetch('/version')).text()).toBe('GET /version')
  expect(await (await fetch(`${other.url}/`)).text()).toBe('other')
})

test('a missing socket and a refused port are unreachable, with what to look at', async () => {
  const path = join(await directory(), 'none.sock')
  expect(await failure(connect({ url: `unix://${path}` }).fetch('/'))).toMatchObject({
    code: 'unreachable',
    message: `There is no socket at ${path}.`,
  })
  const server = createSocketServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  const started = performance.now()
  expect(await failure(connect({ url: `http://127.0.0.1:${port}`, timeoutMs: 200 }).fetch('/'))).toMatchObject({
    code: 'unreachable',
    message: `http://127.0.0.1:${port} refused the connection.`,
    cause: { code: 'ECONNREFUSED' },
  })
  expect(performance.now() - started).toBeLessThan(1_500)
})

test('the limit covers waiting for the head, and the body', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/body') response.writeHead(200).write('begun')
  })
  const { fetch } = connect({ url, timeoutMs: 150 })
  const expected = { code: 'timeout', message: `${url} did not answer in full within 150 ms.` }
  expect(await failure(fetch('/head'))).toMatchObject(expected)
  const response = await fetch('/body')
  expect(await failure(response.text())).toMatchObject(expected)
  expect(await failure(fetch('/head', { timeoutMs: 50 }))).toMatchObject({ message: `${url} did not answer in full within 50 ms.` })
})

test("an abort is the caller's own reason, before and during the body", async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/body') response.writeHead(200).write('begun')
  })
  const { fetch } = connect({ url })
  const reason = new Error('The caller left')
  const [first, second] = [new AbortController(), new AbortController()]
  setTimeout(() => first.abort(reason), 30)
  await expect(fetch('/head', { signal: first.signal })).rejects.toBe(reason)
  const response = await fetch('/body', { signal: second.signal })
  const body = response.text()
  second.abort(reason)
  await expect(body).rejects.toBe(reason)
  await expect(fetch('/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('many requests may share one signal without a warning of a leak', async () => {
  const { url } = await serve(echo)
  const { fetch } = connect({ url })
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 25 }, async () => (await fetch('/', { signal })).text()))
  expect(warnings).toEqual([])
})

test('a cap stops an answer by its declared length, and one that does not declare it', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/declared') response.writeHead(200, { 'content-length': 2_000 })
    response.write('x'.repeat(2_000))
    if (request.url === '/declared') response.end()
  })
  const { fetch } = connect({ url })
  const expected = { code: 'upstream', message: 'The answer is larger than 1000 bytes.', hint: expect.any(String) }
  expect(await failure(fetch('/declared', { maxBytes: 1_000 }))).toMatchObject(expected)
  const streamed = await fetch('/streamed', { maxBytes: 1_000 })
  expect(await failure(streamed.text())).toMatchObject(expected)
  expect(await (await fetch('/declared', { maxBytes: 2_000 })).text()).toHaveLength(2_000)
})

test('the cap counts what a compressed answer unpacks to', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)))
  })
  const { fetch } = connect({ url })
  const response = await fetch('/')
  expect(response.headers.get('content-encoding')).toBeNull()
  expect(await response.text()).toHaveLength(100_000)
  expect(await failure((await fetch('/', { maxBytes: 10_000 })).text())).toMatchObject({ code: 'upstream' })
})

test('bodies of every kind arrive, with their content type', async () => {
  const { url } = await serve((request, response) => {
    void text(request).then((body) => response.end(`${request.headers['content-type'] ?? 'none'}|${body}`))
  })
  const { fetch } = connect({ url })
  const send = async (body: NonNullable<RequestInit['body']>, headers?: Record<string, string>) =>
    (await fetch('/', { method: 'POST', body, ...(headers !== undefined && { headers }) })).text()
  expect(await send('hello')).toBe('text/plain;charset=UTF-8|hello')
  expect(await send('{}', { 'content-type': 'application/json' })).toBe('application/json|{}')
  expect(await send(new URLSearchParams({ a: '1' }))).toBe('application/x-www-form-urlencoded;charset=UTF-8|a=1')
  expect(await send(new TextEncoder().encode('bytes'))).toBe('none|bytes')
  expect(await send(new Blob(['streamed']).stream())).toBe('none|streamed')
})

test('an empty answer, a HEAD and several cookies come back as standard responses', async () => {
  const { url } = await serve((_, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.writeHead(204).end()
  })
  const { fetch } = connect({ url })
  const response = await fetch('/')
  expect(response).toBeInstanceOf(Response)
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect((await fetch('/', { method: 'HEAD' })).status).toBe(204)
})

test('something that is not HTTP, and an answer that breaks off, are upstream failures', async () => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      if (data.toString().startsWith('GET /cut')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
      else socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { fetch } = connect({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}` })
  expect(await failure(fetch('/'))).toMatchObject({ code: 'upstream', message: expect.stringContaining('not HTTP') })
  expect(await failure((await fetch('/cut')).text())).toMatchObject({ code: 'upstream', message: expect.stringContaining('broke off') })
})

test('user and password of the url are sent to its own origin only, and never told', async () => {
  const { url } = await serve((request, response) => void response.end(request.headers.authorization ?? 'none'))
  const other = await serve((request, response) => void response.end(request.headers.authorization ?? 'none'))
  const { fetch } = connect({ url: url.replace('http://', 'http://admin:hunter2hunter2@'), timeoutMs: 1_000 })
  expect(await (await fetch('/')).text()).toBe(`Basic ${Buffer.from('admin:hunter2hunter2').toString('base64')}`)
  expect(await (await fetch(other.url)).text()).toBe('none')
  const dead = connect({ url: 'http://admin:hunter2hunter2@127.0.0.1:1/', timeoutMs: 200 })
  const error = await failure(dead.fetch('/?token=s3cr3t-s3cr3t'))
  expect(`${error.message} ${error.hint}`).not.toMatch(/hunter2|s3cr3t|admin/)
})

test('a credential that no header can carry is not quoted', async () => {
  const { url } = await serve(echo)
  const error = await failure(connect({ url }).fetch('/', { headers: { authorization: 'Bearer s3cr3t\nvalue' } }))
  expect(error).toMatchObject({ code: 'invalid_config' })
  expect(error.cause).toBeUndefined()
  expect(`${error.message} ${error.hint}`).not.toContain('s3cr3t')
})

test('a closed connection refuses, and ends what is under way', async () => {
  const { url } = await serve(() => undefined)
  const connection = connect({ url })
  const pending = failure(connection.fetch('/'))
  setTimeout(() => void connection.close?.(), 50)
  expect(await pending).toMatchObject({ code: 'unreachable' })
  expect(await failure(connection.fetch('/'))).toMatchObject({ code: 'unreachable' })
})
