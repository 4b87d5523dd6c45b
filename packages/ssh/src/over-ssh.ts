import { ToolError, type Connection, type DialTarget, type OpenContext } from '@rackwarden/core'
import { createConnection } from '@rackwarden/core/runtime'
import { parseSshUrl } from './address.ts'
import { callLimit, type SshConfig } from './config.ts'
import { runProgram } from './exec.ts'
import { createFileSession } from './file-session.ts'
import { createFiles } from './files.ts'
import type { RemoteFiles } from './remote-files.ts'
import { openSession } from './login.ts'
import { createSessions } from './sessions.ts'
import { streamOf } from './stream.ts'

/** The way out through a host: programs run there, streams and requests begin there. */
export interface SshConnection extends Connection {
  close(): Promise<void>
  /** The files of the host. */
  readonly files: RemoteFiles
}

/** What opening a way out through a host is given besides its configuration. */
export interface SshContext extends OpenContext {
  /** Where requests go that name no host, if the url has no path: `/var/run/docker.sock`. */
  socketPath?: string
}

/**
 * Leads everything a service does through an SSH host. Nobody is contacted and no key is read before the first use; the
 * one connection is opened then, through `base`, and anew after it was lost.
 */
export function overSsh(config: SshConfig, base: Connection, context: SshContext): SshConnection {
  const address = parseSshUrl(config.url)
  const sessions = createSessions(address, async (closed) => openSession(config, base, closed))
  const tunnel = { name: address.name, dial: async (target: DialTarget) => streamOf(await sessions.current(), target) }
  const socketPath = address.socketPath ?? context.socketPath
  const requests = createConnection(
    { ...config, url: socketPath === undefined ? undefined : `unix://${socketPath}`, timeoutMs: callLimit(config) },
    { log: context.log, tunnel },
  )
  return {
    fetch: requests.fetch.bind(requests),
    dial: requests.dial.bind(requests),
    async exec(argv, options = {}) {
      options.signal?.throwIfAborted()
      const { timeoutMs = callLimit(config) } = options
      return runProgram(await sessions.current(options.signal), argv, { ...options, timeoutMs })
    },
    files: createFiles(createFileSession(sessions, callLimit(config))),
    async close() {
      await requests.close?.()
      await sessions.close()
      await base.close?.()
    },
  }
}

/** The files behind a connection that leads through an SSH host; `invalid_config` for any other. */
export function openFiles(connection: Connection): RemoteFiles {
  if ('files' in connection) return (connection as SshConnection).files
  throw new ToolError('invalid_config', 'Files of another machine are reached over SSH only.', { hint: 'Write ssh://user@host in url.' })
}
