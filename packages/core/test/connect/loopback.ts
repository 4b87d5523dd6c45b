import { createServer, type RequestListener, type Server } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { ConnectionConfig } from '../../src/connect/connection-config.ts'
import { createConnection } from '../../src/connect/connection.ts'
import type { Connection, DialTarget, ExecOptions, ExecResult, FetchOptions } from '../../src/define/connection.ts'
import { listenOnLoopback, stopListening } from '../../src/testing/serve-handler.ts'

/** A connection whose methods may be taken apart, since it has no `this`. */
interface OpenConnection extends Connection {
  fetch: (target: string, options?: FetchOptions) => Promise<Response>
  exec: (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>
  dial: (target: DialTarget) => Promise<Duplex>
  warnings: string[]
}

/** A connection that is closed at the end of the test, and the warnings it gave. */
export function connect(config: ConnectionConfig): OpenConnection {
  const warnings: string[] = []
  const connection = createConnection(config, { log: (level, message) => level === 'warn' && warnings.push(message) })
  onTestFinished(() => connection.close?.())
  return { ...connection, warnings }
}

/** A loopback server that is gone at the end of the test. */
export async function serve(
  listener: (...request: Parameters<RequestListener>) => unknown,
  server: Server = createServer(),
): Promise<{ url: string; port: number; connections: () => number }> {
  let connections = 0
  server.on('connection', () => connections++)
  server.on('request', (request, response) => void listener(request, response))
  const port = await listenOnLoopback(server)
  onTestFinished(() => stopListening(server))
  return { url: `http://127.0.0.1:${port}`, port, connections: () => connections }
}

/** A directory of the test's own. */
export async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'connect-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
