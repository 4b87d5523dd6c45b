import { createConnection } from '@rackwarden/core/runtime'
import { startSshServer, type SshServer, type SshServerOptions } from '@rackwarden/lab'
import { onTestFinished } from 'vitest'
import { overSsh, type SshConfig, type SshConnection } from '../src/index.ts'

/** A server that is gone at the end of the test. */
export async function serve(options: SshServerOptions = {}): Promise<SshServer> {
  const server = await startSshServer(options)
  onTestFinished(() => server.down())
  return server
}

/** What is configured for a server whose key is pinned. */
export function pinned(server: SshServer): SshConfig {
  return { url: `ssh://${server.user}@${server.host}:${server.port}`, sshKey: server.userKey, sshHostKey: server.hostFingerprint() }
}

/** A way out through a host, as core opens it for an instance; closed at the end of the test. */
export function through(config: SshConfig): SshConnection {
  const log = () => undefined
  const connection = overSsh(config, createConnection(config, { log }), { log })
  onTestFinished(() => connection.close())
  return connection
}

/** Waits until something holds; the test's own limit ends it where it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}
