import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { HostPair } from '@rackwarden/lab'
import { addressOf, type Processes } from './rackwarden-process.ts'

/** Writes the configuration of a hub for a pair of hosts, the second behind the first, and whatever else is given. */
export async function configureHosts(
  processes: Processes,
  { jump, behind }: HostPair,
  services: Record<string, unknown> = {},
): Promise<void> {
  const direct = { url: `ssh://root@${jump.address}:${jump.port}`, sshKey: jump.keyFile, sshHostKey: jump.hostFingerprint }
  const through = {
    url: `ssh://root@${behind.address}:${behind.port}`,
    sshKey: behind.keyFile,
    sshHostKey: behind.hostFingerprint,
    sshJump: `root@${jump.address}:${jump.port}`,
    sshJumpHostKey: jump.hostFingerprint,
  }
  const file = join(processes.stateDirectory, '..', 'rackwarden.yaml')
  await writeFile(file, JSON.stringify({ services: { ...services, linux: { instances: { 'nas-1': direct, 'nas-2': through } } } }))
}

/** A hub over HTTP and a client of it that reads what a model would. */
export interface ServedHub {
  hub: ReturnType<Processes['start']>
  url: string
  client: Client
  call(name: string, input?: Record<string, unknown>): Promise<string>
}

/** Serves the hub and connects to it. */
export async function serveHub(processes: Processes): Promise<ServedHub> {
  const hub = processes.start('serve', '--http', '127.0.0.1:0')
  const client = new Client({ name: 'test', version: '1.0.0' })
  const url = await addressOf(hub)
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  return {
    hub,
    url,
    client,
    call: async (name, input = {}) => {
      const result = await client.callTool({ name, arguments: input })
      return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    },
  }
}
