import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DialTarget } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { failureOf, type Place } from './failure.ts'

/** Longest wait for a connection to be taken. */
export const connectTimeoutMs = 10_000

/** Opens raw streams, and closes those still open at the end. */
export function createDial(options: { timeoutMs: number }): { dial: (target: DialTarget) => Promise<Duplex>; close: () => void } {
  const limit = Math.min(connectTimeoutMs, options.timeoutMs)
  const open = new Set<Socket>()
  return {
    async dial(target) {
      const { connect } = await import('node:net')
      const place: Place =
        'socketPath' in target
          ? { name: `the socket ${target.socketPath}`, socketPath: target.socketPath }
          : { name: target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}` }
      return new Promise<Duplex>((resolve, reject) => {
        const socket = 'socketPath' in target ? connect(target.socketPath) : connect(target.port, target.host)
        open.add(socket)
        const timer = setTimeout(() => {
          socket.destroy()
          reject(
            new ToolError('timeout', `${place.name} did not take the connection within ${limit} ms.`, {
              hint: 'Is the host up, and does a firewall drop the packets?',
            }),
          )
        }, limit)
        const failed = (error: Error) => {
          clearTimeout(timer)
          reject(failureOf(error, place))
        }
        socket.once('error', failed)
        socket.once('close', () => {
          open.delete(socket)
          clearTimeout(timer)
          reject(new ToolError('unreachable', `The connection to ${place.name} was closed.`))
        })
        socket.once('connect', () => {
          clearTimeout(timer)
          socket.off('error', failed)
          resolve(socket)
        })
      })
    },
    close() {
      for (const socket of open) socket.destroy()
    },
  }
}
