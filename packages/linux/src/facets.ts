import { ToolError, type Asset, type FacetContext, type Finding, type Health, type Rights } from '@rackwarden/core'
import { counted, spanOf } from './amounts.ts'
import type { Check } from './check.ts'
import type { LinuxClient } from './client.ts'
import { disksOf, disksPart } from './disks.ts'
import { interfacesOf, networkOf, networkPart, reachableAddresses } from './network.ts'
import { nodeChecks } from './node-checks.ts'
import { poolsOf, poolsPart } from './pools.ts'
import { fileSystemsOf, storagePart } from './storage.ts'
import { diskChecks, fileSystemChecks, poolChecks } from './storage-checks.ts'
import { systemOf, systemPart } from './system.ts'
import { targetOf } from './targets.ts'
import { rebootCheck, unitChecks } from './unit-checks.ts'
import { failedUnitsOf, failuresPart, managerOf, managerPart } from './units.ts'
import { rebootOf, rebootPart } from './updates.ts'

// What is asked over all services has two seconds in all; disks that take their time must not cost the rest.
const slowLimitMs = 1_500

/** Says how long it is up and how it does; it is well even where one of its units is not. */
export async function health(client: LinuxClient, { signal }: FacetContext): Promise<Health> {
  const { sections, seconds } = await client.ask([systemPart, managerPart], { signal, asRoot: true })
  const { distribution, kernel, uptimeSeconds, load } = systemOf(sections, seconds)
  const manager = managerOf(sections)
  return {
    version: `${distribution}, ${kernel}`,
    evidence: [
      `up ${spanOf(uptimeSeconds)}`,
      `load ${load[0]}`,
      manager === undefined ? 'no systemd' : `${manager.failed} of ${counted(manager.units, 'unit')} failed`,
    ].join(', '),
  }
}

/** Finds failed units, filling and failing disks, sick pools, a waiting reboot, a clock that is off, and what is short. */
export async function findings(client: LinuxClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const [quick, slow] = await Promise.all([quickChecks(client, instance, signal), slowFindings(client, instance, signal)])
  return [...quick.flatMap(({ finding }) => finding ?? []), ...slow]
}

async function quickChecks(client: LinuxClient, instance: string, signal: AbortSignal): Promise<Check[]> {
  const parts = [systemPart, storagePart, networkPart, managerPart, failuresPart, rebootPart]
  const { sections, seconds } = await client.ask(parts, { signal, asRoot: true })
  const system = systemOf(sections, seconds)
  return [
    ...nodeChecks(system, interfacesOf(sections), instance),
    ...fileSystemChecks(fileSystemsOf(sections), instance),
    ...unitChecks(managerOf(sections), failedUnitsOf(sections), instance),
    rebootCheck(rebootOf(sections), system.hostname, instance),
  ]
}

async function slowFindings(client: LinuxClient, instance: string, signal: AbortSignal): Promise<Finding[]> {
  try {
    const { sections } = await client.ask([disksPart, poolsPart], { signal, asRoot: true, timeoutMs: slowLimitMs })
    const { disks } = disksOf(sections)
    return [...diskChecks(disks, instance), ...poolChecks(poolsOf(sections), disks, instance)].flatMap(({ finding }) => finding ?? [])
  } catch (error) {
    if (!ToolError.isInstance(error) || error.code !== 'timeout') throw error
    const target = targetOf(instance, 'host', 'disks')
    return [
      {
        id: `${target}#slow`,
        severity: 'notice',
        target,
        title: 'The disks were not looked at',
        evidence: 'they take longer to ask than there is time here',
        next: { tool: 'check_disks', input: {} },
      },
    ]
  }
}

/** Root may do everything on a host, and nobody else may act on its units. */
export async function rights(client: LinuxClient, { signal }: FacetContext): Promise<Rights> {
  const { sections, seconds } = await client.ask([systemPart], { signal, asRoot: true })
  return systemOf(sections, seconds).isRoot
    ? { highest: 'admin', evidence: 'root is at hand' }
    : { highest: 'observe', evidence: 'no root, so no unit can be acted on' }
}

/** The host itself, by every name and address it goes by. */
export async function assets(client: LinuxClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const { sections, seconds } = await client.ask([systemPart, networkPart], { signal })
  const { hostname } = systemOf(sections, seconds)
  const interfaces = interfacesOf(sections)
  const name = hostname.split('.')[0] ?? hostname
  const address = /^ssh:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(client.address)?.[1]?.replaceAll(/[[\]]/g, '')
  const isNumber = address !== undefined && /^[\d.]+$|:/.test(address)
  const own = interfaces.filter(({ kind }) => !['loopback', 'veth', 'bridge', 'tun'].includes(kind))
  return [
    {
      target: targetOf(instance, 'host', hostname),
      kind: 'host',
      name,
      aliases: distinct([hostname, instance === 'default' ? '' : instance, isNumber ? '' : (address ?? '')]).filter(
        (alias) => alias !== name,
      ),
      addresses: distinct([...reachableAddresses(interfaces), isNumber ? address : '']),
      macs: distinct(own.map(({ mac }) => mac)),
      networks: own
        .filter(({ state }) => state === 'up')
        .flatMap(({ addresses, mtu }) =>
          distinct(addresses.map((assigned) => networkOf(assigned) ?? '')).map((network) => ({ network, mtu })),
        ),
      state: 'running',
    },
  ]
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '')
}
