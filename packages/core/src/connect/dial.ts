import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DialTarget } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import type { ConnectionConfig, ConnectionDependencies } from './connection-config.ts'
import { failureOf, type Place } from './failure.ts'
import { readTrust, refusalOf, type Trust } from './tls.ts'

/** How long a connection may take to be taken, within the limit for the whole. */
export function connectLimit(timeoutMs: number): number {
  return Math.min(10_000, timeoutMs)
}

/** Opens raw streams, and closes those still open at the end. */
export function createDial(
  config: ConnectionConfig & { timeoutMs: number },
  { tunnel }: Pick<ConnectionDependencies, 'tunnel'> = {},
): { dial: (target: DialTarget) => Promise<Duplex>; close: () => void } {
  const connectTimeoutMs = connectLimit(config.timeoutMs)
  const open = new Set<Duplex>()
  const keep = (stream: Duplex) => {
    open.add(stream)
    stream.once('close', () => open.delete(stream))
  }
  return {
    async dial(target) {
      const through = tunnel === undefined ? '' : ` through ${tunnel.name}`
      const place: Place = {
        name: `${nameOf(target)}${through}`,
        connectTimeoutMs,
        ...('socketPath' in target && { socketPath: target.socketPath }),
      }
      // Read first: a wrong pin is told before anybody is contacted.
      const trust = 'tls' in target && target.tls ? await readTrust(config) : undefined
      const stream = tunnel === undefined ? await connected(target, place, keep) : await tunnel.dial(target)
      if (trust === undefined || 'socketPath' in target) return stream
      const secure = await secured(stream, { host: target.host, trust, place })
      keep(secure)
      return secure
    },
    close() {
      for (const stream of open) stream.destroy()
    },
  }
}

function nameOf(target: DialTarget): string {
  if ('socketPath' in target) return `the socket ${target.socketPath}`
  return `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
}

async function connected(target: DialTarget, place: Place, keep: (stream: Duplex) => void): Promise<Duplex> {
  const { connect } = await import('node:net')
  const socket = 'socketPath' in target ? connect(target.socketPath) : connect(target.port, target.host)
  keep(socket)
  return opened(socket, 'connect', place)
}

/** Waits until a socket is ready, as long as it may take. */
function opened<Kind extends Socket>(socket: Kind, ready: 'connect' | 'secureConnect', place: Place): Promise<Kind> {
  return new Promise<Kind>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy()
      reject(failureOf({ code: 'ETIMEDOUT' }, place))
    }, place.connectTimeoutMs)
    const failed = (error: Error) => {
      clearTimeout(timer)
      reject(failureOf(error, place))
    }
    socket.once('error', failed)
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new ToolError('unreachable', `The connection to ${place.name} was closed.`))
    })
    socket.once(ready, () => {
      clearTimeout(timer)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

/** Speaks TLS over a stream; nothing is sent to whom the instance does not trust. */
async function secured(stream: Duplex, { host, trust, place }: { host: string; trust: Trust; place: Place }): Promise<Duplex> {
  const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')])
  const options = { socket: stream, host, rejectUnauthorized: false, ...(trust.context !== undefined && { secureContext: trust.context }) }
  const socket = await opened(connect(isIP(host) === 0 ? { ...options, servername: host } : options), 'secureConnect', place)
  const refusal = refusalOf(socket, trust, place.name)
  if (refusal === undefined) return socket
  socket.destroy()
  throw refusal
}
