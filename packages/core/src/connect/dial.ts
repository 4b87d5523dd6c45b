import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DialTarget } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { failureOf, type Place } from './failure.ts'

/** How long a connection may take to be taken, within the limit for the whole. */
export function connectLimit(timeoutMs: number): number {
  return Math.min(10_000, timeoutMs)
}

/** Opens raw streams, and closes those still open at the end. */
export function createDial(options: { timeoutMs: number }): { dial: (target: DialTarget) => Promise<Duplex>; close: () => void } {
  const limit = connectLimit(options.timeoutMs)
  const open = new Set<Socket>()
  return {
    async dial(target) {
      const { connect } = await import('node:net')
      const name =
        'socketPath' in target
          ? `the socket ${target.socketPath}`
          : `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
      const place: Place = { name, connectTimeoutMs: limit, ...('socketPath' in target && { socketPath: target.socketPath }) }
      return new Promise<Duplex>((resolve, reject) => {
        const socket = 'socketPath' in target ? connect(target.socketPath) : connect(target.port, target.host)
        open.add(socket)
        const timer = setTimeout(() => {
          socket.destroy()
          reject(failureOf({ code: 'ETIMEDOUT' }, place))
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
