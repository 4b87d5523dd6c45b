import type { Socket } from 'node:dgram'
import type { DatagramOptions } from '../define/connection.ts'
import { failureOf, timeoutOf } from './failure.ts'

/** Sends one datagram and gives the first answer of whom it was sent to; nothing is sent twice. */
export async function exchangeDatagram(
  { host, port }: { host: string; port: number },
  payload: Uint8Array,
  { timeoutMs, signal, accept = () => true }: DatagramOptions & { timeoutMs: number },
): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const [{ createSocket }, { lookup }] = await Promise.all([import('node:dgram'), import('node:dns/promises')])
  const place = { name: `${host.includes(':') ? `[${host}]` : host}:${port}/udp`, connectTimeoutMs: timeoutMs }
  let socket: Socket | undefined
  try {
    const { address, family } = await lookup(host)
    const opened = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket = opened
    return await new Promise<Uint8Array>((resolve, reject) => {
      const timer = setTimeout(() => reject(timeoutOf(place, timeoutMs)), timeoutMs)
      opened.once('close', () => clearTimeout(timer))
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      opened.once('error', reject)
      opened.on('message', (answer) => {
        if (accept(answer)) resolve(answer)
      })
      // Connected, only that peer is heard, and a port nobody listens on is an error instead of silence.
      opened.connect(port, address, () => opened.send(payload))
    })
  } catch (error) {
    throw signal?.aborted === true ? error : failureOf(error, place)
  } finally {
    socket?.close()
  }
}
