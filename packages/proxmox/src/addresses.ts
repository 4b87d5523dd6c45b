import { isIP } from 'node:net'
import type { z } from 'zod'
import type { agentInterfaces, containerInterface } from './guest-schema.ts'
import type { NetworkDevice } from './guest-config.ts'

/** An interface, as the guest itself sees it. */
export interface SeenInterface {
  name: string
  mac: string | undefined
  addresses: readonly string[]
}

/** Interfaces in what the agent answers. */
export function agentSees(result: z.output<typeof agentInterfaces>['result']): SeenInterface[] {
  return result.map((seen) => ({
    name: seen.name ?? '',
    mac: seen['hardware-address']?.toLowerCase(),
    addresses: (seen['ip-addresses'] ?? []).flatMap((one) => one['ip-address'] ?? []),
  }))
}

/** Interfaces in what a node says of a container. */
export function containerSees(rows: readonly z.output<typeof containerInterface>[]): SeenInterface[] {
  return rows.map(({ name, hwaddr, inet, inet6 }) => ({
    name: name ?? '',
    mac: hwaddr?.toLowerCase(),
    addresses: [inet, inet6].flatMap((line) => (line === undefined ? [] : line.split(/[\s,]+/))).map((one) => one.split('/')[0] ?? ''),
  }))
}

const tunnels = /^(?:tailscale|wg|zt|tun|utun)/

/** Every address a guest is reached at: what is configured first, then what it sees. What it makes up for its own guests is left out. */
export function mergedAddresses(networks: readonly NetworkDevice[], seen: readonly SeenInterface[]): string[] {
  const configured = networks.flatMap(({ addresses }) => addresses)
  const macs = new Set(networks.flatMap(({ mac }) => mac ?? []))
  const own = seen.filter(({ mac }) => mac !== undefined && macs.has(mac))
  // A guest whose card is passed through has none of its devices.
  const outward = macs.size > 0 ? own : seen.filter(({ name }) => !/^(?:lo|docker|br-|veth|virbr|cni|flannel)/.test(name))
  const tunnelled = seen.filter(({ name }) => tunnels.test(name))
  const found = [...outward, ...tunnelled].flatMap(({ addresses }) => addresses)
  return [...new Set([...configured, ...found].map((address) => address.toLowerCase()))].filter(isReachable)
}

function isReachable(address: string): boolean {
  return isIP(address) !== 0 && !/^(?:127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:|0\.0\.0\.0$|::$)/.test(address)
}
