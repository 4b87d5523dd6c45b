import { createServer } from 'node:https'
import { connect as connectSocket } from 'node:net'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import type { ConnectionConfig } from '../../src/connect/connection-config.ts'
import { createConnection } from '../../src/connect/connection.ts'
import type { DialTarget } from '../../src/define/connection.ts'
import { ToolError } from '../../src/define/error.ts'
import { createCertificate } from '../../src/testing/certificate.ts'
import { failure } from '../../src/testing/failure.ts'
import { serve } from './loopback.ts'

/** A stream that has nothing of a socket but its bytes, as a channel of another protocol has. */
async function plainStream(port: number): Promise<Duplex> {
  const socket = connectSocket(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) socket.pause()
  })
  socket.on('end', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return stream
}

function throughTunnel(config: ConnectionConfig, dial: (target: DialTarget) => Promise<Duplex>) {
  const dialled: DialTarget[] = []
  const opened: Duplex[] = []
  const tunnel = {
    name: 'nas:22',
    dial: async (target: DialTarget) => {
      dialled.push(target)
      const stream = await dial(target)
      opened.push(stream)
      return stream
    },
  }
  const connection = createConnection(config, { log: () => undefined, tunnel })
  onTestFinished(() => connection.close?.())
  return { connection, dialled, opened }
}

test('requests go through a stream that is no socket, many over one, bodies and all', async () => {
  const { port } = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).length}`)
  })
  const { connection, dialled } = throughTunnel({ url: 'unix:///run/engine.sock' }, () => plainStream(port))
  const post = async (body: string) => (await connection.fetch('/v1/things', { method: 'POST', body })).text()
  for (const body of ['long enough', 'short', '']) expect(await post(body)).toBe(`POST /v1/things ${body.length}`)
  for (const _ of [1, 2, 3]) expect(await (await connection.fetch('/v1/things')).text()).toBe('GET /v1/things 0')
  // undici opens a second one before it knows that the first is free.
  expect(dialled.length).toBeLessThan(3)
  expect(dialled[0]).toEqual({ socketPath: '/run/engine.sock' })
  expect(await post('x'.repeat(1_000_000))).toBe('POST /v1/things 1000000')
})

test('a large answer that is read slowly comes whole, and one that is not wanted is let go of', async () => {
  const { port } = await serve((_, response) => response.end('y'.repeat(3_000_000)))
  const { connection } = throughTunnel({ url: 'unix:///run/engine.sock' }, () => plainStream(port))
  let length = 0
  for await (const chunk of (await connection.fetch('/')).body ?? []) {
    length += chunk.length
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(length).toBe(3_000_000)
  await (await connection.fetch('/')).body?.cancel()
  expect(await failure(connection.fetch('/', { maxBytes: 1000 }).then(async (response) => response.text()))).toMatchObject({
    code: 'upstream',
  })
  expect((await (await connection.fetch('/')).text()).length).toBe(3_000_000)
})

test('requests at once open a stream each, and another host is dialled by its name', async () => {
  const { port } = await serve((_, response) => setImmediate(() => response.end('ok')))
  const { connection, dialled } = throughTunnel({ url: 'unix:///run/engine.sock' }, () => plainStream(port))
  await Promise.all([1, 2, 3].map(async () => (await connection.fetch('/')).text()))
  expect(dialled).toHaveLength(3)
  expect(await (await connection.fetch('http://[fd00::7]:9100/metrics')).text()).toBe('ok')
  expect(dialled.at(-1)).toEqual({ host: 'fd00::7', port: 9100 })
})

test('TLS is spoken through the tunnel, and the certificate is looked at as ever', async () => {
  const certificate = createCertificate()
  const { port } = await serve(
    (_, response) => response.end('secret'),
    createServer({ key: certificate.key, cert: certificate.certificate }),
  )
  const url = 'https://engine.lan:2376'
  const pinned = throughTunnel({ url, tlsFingerprint: certificate.fingerprint }, () => plainStream(port))
  expect(await (await pinned.connection.fetch('/')).text()).toBe('secret')
  expect(pinned.dialled).toEqual([{ host: 'engine.lan', port: 2376 }])
  const strange = throughTunnel({ url }, () => plainStream(port))
  expect(await failure(strange.connection.fetch('/'))).toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining('tlsFingerprint'),
  })
})

test('a raw stream goes through the tunnel, too, and TLS is spoken over it where it is asked for', async () => {
  const certificate = createCertificate()
  const { port } = await serve(
    (_, response) => response.end('secret'),
    createServer({ key: certificate.key, cert: certificate.certificate }),
  )
  const { connection, dialled } = throughTunnel({ tlsFingerprint: certificate.fingerprint }, () => plainStream(port))
  const stream = await connection.dial({ host: 'engine.lan', port: 2376, tls: true })
  stream.write('GET / HTTP/1.1\r\nhost: engine.lan\r\nconnection: close\r\n\r\n')
  expect(await text(stream)).toContain('secret')
  expect(dialled).toMatchObject([{ host: 'engine.lan', port: 2376 }])
  const strange = throughTunnel({}, () => plainStream(port))
  expect((await failure(strange.connection.dial({ host: 'engine.lan', port: 2376, tls: true }))).code).toBe('unreachable')
})

test('what the tunnel says of its failure is passed on, and tried again by the next request', async () => {
  const { port } = await serve((_, response) => response.end('ok'))
  let calls = 0
  const { connection } = throughTunnel({ url: 'unix:///run/engine.sock' }, () =>
    ++calls === 1 ? Promise.reject(new ToolError('unauthorized', 'nas:22 does not let bert in.')) : plainStream(port),
  )
  expect(await failure(connection.fetch('/'))).toMatchObject({ code: 'unauthorized', message: 'nas:22 does not let bert in.' })
  expect(await (await connection.fetch('/')).text()).toBe('ok')
})

test('a limit is kept while the tunnel is still dialled, and names the tunnel', async () => {
  const { connection } = throughTunnel({ url: 'unix:///run/engine.sock' }, () => new Promise(() => undefined))
  const error = await failure(connection.fetch('/', { timeoutMs: 30 }))
  expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('/run/engine.sock through nas:22') })
})

test('closing the connection closes the streams', async () => {
  const { port } = await serve((_, response) => response.end('ok'))
  const { connection, opened } = throughTunnel({ url: 'unix:///run/engine.sock' }, () => plainStream(port))
  await (await connection.fetch('/')).text()
  await connection.close?.()
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true])
})
