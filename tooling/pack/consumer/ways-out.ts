import type { Connection } from '@rackwarden/core'
import { createConnection } from '@rackwarden/core/runtime'
import {
  openFiles,
  overSsh,
  type RemoteEntry,
  type RemoteFiles,
  type SshConfig,
  type SshConnection,
  type SshContext,
} from '@rackwarden/ssh'

/** A way out through a host, which is contacted with its first use. */
export function throughHost(config: SshConfig, context: SshContext): SshConnection {
  return overSsh(config, createConnection({ timeoutMs: 1000 }, context), context)
}

/** The files at the far end of a connection. */
export async function fileNames(connection: Connection, path: string): Promise<string[]> {
  const files: RemoteFiles = openFiles(connection)
  const { entries }: { entries: RemoteEntry[] } = await files.list(path)
  return entries.map(({ name }) => name)
}
