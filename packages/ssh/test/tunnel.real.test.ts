import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { requireComponent } from '@rackwarden/lab'
import { failure } from '@rackwarden/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pinned, serve, through } from './ways.ts'

const missing = requireComponent('sshd')

async function listen(server: Server, where: string | number): Promise<number> {
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  )
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const echo = () => createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket).on('error', () => undefined))

describe.skipIf(missing !== undefined)('a stream through a host', () => {
  test('leads to a port and to a socket there, and carries what is large both ways', async () => {
    const server = await serve()
    const path = join(server.directory, 'echo.sock')
    const port = await listen(echo(), 0)
    await listen(echo(), path)
    const connection = through(pinned(server))
    for (const target of [{ host: '127.0.0.1', port }, { socketPath: path }]) {
      const stream = await connection.dial(target)
      const sent = 'abcdefgh'.repeat(500_000)
      stream.end(sent)
      expect(await text(stream)).toBe(sent)
    }
  })

  test('says what is missing where nobody listens, and what is forbidden', async () => {
    const server = await serve()
    const connection = through(pinned(server))
    const path = join(server.directory, 'nobody.sock')
    expect(await failure(connection.dial({ socketPath: path }))).toMatchObject({
      code: 'unreachable',
      message: `127.0.0.1:${server.port} could not reach the socket ${path}.`,
    })
    expect(await failure(connection.dial({ host: '127.0.0.1', port: 1 }))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:1.'),
    })
    const closed = through(pinned(await serve({ configuration: ['AllowStreamLocalForwarding no', 'AllowTcpForwarding no'] })))
    expect(await failure(closed.dial({ socketPath: path }))).toMatchObject({
      hint: expect.stringContaining('AllowStreamLocalForwarding'),
    })
    expect(await failure(closed.dial({ host: '127.0.0.1', port: 1 }))).toMatchObject({
      code: 'forbidden',
      hint: expect.stringContaining('AllowTcpForwarding'),
    })
    expect((await closed.exec(['echo', 'well'])).stdout).toBe('well\n')
  })

  test('breaks when the connection is lost', async () => {
    const server = await serve()
    const port = await listen(echo(), 0)
    const stream = await through(pinned(server)).dial({ host: '127.0.0.1', port })
    const broken = new Promise((resolve) => stream.once('error', resolve))
    await server.stop()
    expect(await broken).toMatchObject({ code: 'ECONNRESET' })
  })
})

describe.skipIf(missing !== undefined)('requests through a host', () => {
  const answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).length}`))
  }

  test('go to the socket in the url, and to any address it reaches, over streams that are kept', async () => {
    const server = await serve()
    const path = join(server.directory, 'engine.sock')
    const engine = createHttpServer(answer)
    let streams = 0
    engine.on('connection', () => streams++)
    await listen(engine, path)
    const port = await listen(createHttpServer(answer), 0)
    const config = pinned(server)
    const connection = through({ ...config, url: `${config.url}${path}` })
    for (const length of [0, 5, 3_000_000])
      expect(await (await connection.fetch('/v1/x?y', { method: 'POST', body: 'x'.repeat(length) })).text()).toBe(`POST /v1/x?y ${length}`)
    for (const _ of Array.from({ length: 10 })) await (await connection.fetch('/')).text()
    expect(streams).toBeLessThan(4)
    const texts = await Promise.all(Array.from({ length: 30 }, async (_, index) => (await connection.fetch(`/${index}`)).text()))
    expect(texts).toEqual(Array.from({ length: 30 }, (_, index) => `GET /${index} 0`))
    expect(await (await connection.fetch(`http://127.0.0.1:${port}/metrics`)).text()).toBe('GET /metrics 0')
    expect(server.connections()).toHaveLength(1)
  })

  test('go on after the server came back, and name the host where it did not', async () => {
    const server = await serve()
    const path = join(server.directory, 'engine.sock')
    await listen(createHttpServer(answer), path)
    const config = pinned(server)
    const connection = through({ ...config, url: `${config.url}${path}` })
    await (await connection.fetch('/')).text()
    await server.stop()
    expect(await failure(connection.fetch('/'))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    })
    await server.start()
    expect(await (await connection.fetch('/')).text()).toBe('GET / 0')
  })

  test('without a socket in the url need an address of their own', async () => {
    const connection = through(pinned(await serve()))
    expect(await failure(connection.fetch('/'))).toMatchObject({ code: 'invalid_config' })
  })
})
