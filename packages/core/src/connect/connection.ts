import type { Connection } from '../define/connection.ts'
import type { ConnectionConfig, ConnectionDependencies } from './connection-config.ts'
import { exchangeDatagram } from './datagram.ts'
import { createDial } from './dial.ts'
import { createExec } from './exec.ts'
import { createHttp } from './http.ts'

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
  const sockets = createDial({ ...config, timeoutMs }, dependencies)
  return {
    fetch: http.fetch,
    exec: programs.exec,
    dial: sockets.dial,
    ...(dependencies.tunnel === undefined && {
      datagram: (target, payload, options = {}) => exchangeDatagram(target, payload, { timeoutMs, ...options }),
    }),
    async close() {
      sockets.close()
      await Promise.all([http.close(), programs.close()])
    },
  }
}
