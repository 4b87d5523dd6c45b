import { createSocket } from 'node:dgram'
import { createConnection } from '../../src/connect/connection.ts'
import { expect, onTestFinished, test } from 'vitest'

const log = () => undefined
const bytes = (text: string) => new TextEncoder().encode(text)

/** A loopback port that answers every datagram with these. */
async function answering(...answers: readonly string[]): Promise<number> {
  const socket = createSocket('udp4', (_, from) => {
    for (const answer of answers) socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return socket.address().port
}

test('a datagram is answered by whom it was sent to, and what is no answer is passed over', async () => {
  const port = await answering('stray', 'pong')
  const answer = await createConnection({}, { log }).datagram?.({ host: '127.0.0.1', port }, bytes('ping'), {
    accept: (one) => Buffer.from(one).toString() === 'pong',
  })
  expect(Buffer.from(answer ?? []).toString()).toBe('pong')
})

test('silence is a timeout, and a caller who leaves is not kept waiting', async () => {
  const target = { host: '127.0.0.1', port: await answering() }
  const connection = createConnection({}, { log })
  await expect(connection.datagram?.(target, bytes('ping'), { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' })
  await expect(connection.datagram?.(target, bytes('ping'), { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left')
})

test('through a tunnel there are no datagrams', () => {
  const tunnel = { name: 'nas:22', dial: () => Promise.reject(new Error('not asked')) }
  expect('datagram' in createConnection({}, { log, tunnel })).toBe(false)
})
