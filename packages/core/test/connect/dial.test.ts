import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as open, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../../src/testing/failure.ts'
import { connect, directory } from './loopback.ts'

async function echo(listen: (server: Server) => Server): Promise<Server> {
  const server = listen(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.pipe(socket)
    }),
  )
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

test('a raw stream to a port and to a socket', async () => {
  const { dial } = connect({})
  const path = join(await directory(), 'echo.sock')
  const server = await echo((one) => one.listen(0, '127.0.0.1'))
  await echo((one) => one.listen(path))
  for (const target of [{ host: '127.0.0.1', port: (server.address() as { port: number }).port }, { socketPath: path }]) {
    const stream = await dial(target)
    stream.write('hello')
    const [data] = (await once(stream, 'data')) as [Buffer]
    expect(data.toString()).toBe('hello')
    stream.destroy()
  }
})

test('what cannot be reached is told in words', async () => {
  const { dial } = connect({ timeoutMs: 2_000 })
  const path = join(await directory(), 'none.sock')
  expect(await failure(dial({ socketPath: path }))).toMatchObject({ code: 'unreachable', message: `There is no socket at ${path}.` })
  expect(await failure(dial({ host: '127.0.0.1', port: 1 }))).toMatchObject({
    code: 'unreachable',
    message: '127.0.0.1:1 refused the connection.',
  })
})

test('closing the connection closes the streams that are still open', async () => {
  const connection = connect({})
  const server = await echo((one) => one.listen(0, '127.0.0.1'))
  const stream = await connection.dial({ host: '127.0.0.1', port: (server.address() as { port: number }).port })
  const closed = once(stream, 'close')
  await connection.close?.()
  await closed
  expect(stream.destroyed).toBe(true)
})

/** A port that takes no connection any more: its queue is full and its process stands still. */
async function blackHole(): Promise<number> {
  const script =
    'const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))'
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  child.kill('SIGSTOP')
  for (let count = 0; count < 4; count++) {
    const socket = open(port, '127.0.0.1').on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    await Promise.race([once(socket, 'connect'), new Promise((resolve) => setTimeout(resolve, 100))])
  }
  return port
}

test('a connection that is never taken ends at the limit', async () => {
  const port = await blackHole()
  const { dial, fetch } = connect({ url: `http://127.0.0.1:${port}`, timeoutMs: 200 })
  expect(await failure(dial({ host: '127.0.0.1', port }))).toMatchObject({
    code: 'timeout',
    message: `127.0.0.1:${port} did not take the connection within 200 ms.`,
  })
  expect(await failure(fetch('/'))).toMatchObject({ code: 'timeout' })
})
