import type { Application } from '@rackwarden/server'
import { services } from './services.ts'

/** Makes the hub: every service behind its prefix, and the tools over all of them. */
export function createHub(version: string): Application {
  return {
    name: 'rackwarden',
    title: 'Rackwarden',
    version,
    services,
    prefixed: true,
    foreign: async (options) => (await import('./upstreams/foreign-servers.ts')).createForeignServers(options),
    commands: async (line) => (await import('./upstreams/commands/commands.ts')).addUpstreamCommands(line),
    demo: async () => (await import('@rackwarden/simlab')).createLab(),
  }
}
