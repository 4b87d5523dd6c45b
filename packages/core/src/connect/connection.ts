import type { Duplex } from 'node:stream'
import type { Connection, DialTarget } from '../define/connection.ts'
import type { Log } from '../runtime/runtime.ts'
import { createDial } from './dial.ts'
import { createExec } from './exec.ts'
import { createHttp } from './http.ts'

/** What a connection is made from: the fields of `httpConfig`, as far as a service has them; others are ignored. */
export interface ConnectionConfig {
  url?: string | undefined
  tlsFingerprint?: string | undefined
  tlsCa?: string | undefined
  tlsCertificate?: string | undefined
  tlsKey?: string | undefined
  tlsInsecure?: boolean | undefined
  timeoutMs?: number | undefined
}

/** Sockets that begin on another machine. */
export interface Tunnel {
  /** The machine, as messages name it: `nas:22`. */
  name: string
  /** Opens a socket there; fails with a `ToolError`. */
  dial(target: DialTarget): Promise<Duplex>
}

/** What a connection is given besides its configuration. */
export interface ConnectionDependencies {
  log: Log
  /** Where requests go out, if not from this machine; programs and raw streams do not go through it. */
  tunnel?: Tunnel | undefined
}

/** Limit of one request, one program and one dialling where nothing else is configured. */
const defaultTimeoutMs = 30_000

/**
 * Makes the real way out of the process for one instance.
 * Nothing is contacted, read or loaded before the first use, so a wrong address is told by the call that needs it.
 */
export function createConnection(config: ConnectionConfig, dependencies: ConnectionDependencies): Connection {
  const timeoutMs = config.timeoutMs ?? defaultTimeoutMs
  const http = createHttp({ ...config, timeoutMs }, dependencies)
  const programs = createExec({ timeoutMs })
  const sockets = createDial({ timeoutMs })
  return {
    fetch: http.fetch,
    exec: programs.exec,
    dial: sockets.dial,
    async close() {
      sockets.close()
      await Promise.all([http.close(), programs.close()])
    },
  }
}
