import type { CensusItem, FacetContext } from '@rackwarden/core'
import type { LinuxClient } from './client.ts'
import { disksOf, disksPart } from './disks.ts'
import { interfacesOf, networkOf, networkPart } from './network.ts'
import { poolsOf, poolsPart } from './pools.ts'
import { fileSystemsOf, storagePart } from './storage.ts'
import { systemOf, systemPart } from './system.ts'
import { targetOf } from './targets.ts'
import { failedUnitsOf, failuresPart, unitsOf, unitsPart } from './units.ts'

/** What the host is made of: itself, its storage, its services, its networks. */
export async function census(client: LinuxClient, { instance, signal }: FacetContext): Promise<CensusItem[]> {
  const parts = [systemPart, storagePart, networkPart, disksPart, poolsPart, failuresPart, unitsPart]
  const { sections, seconds } = await client.ask(parts, { signal, asRoot: true })
  const system = systemOf(sections, seconds)
  const item = (
    section: CensusItem['section'],
    kind: string,
    name: string,
    rest: Omit<CensusItem, 'section' | 'target' | 'name'>,
  ): CensusItem => ({
    section,
    target: targetOf(instance, kind, name),
    name,
    ...rest,
  })
  return [
    item('node', 'host', system.hostname, {
      state: 'up',
      facts: withoutEmpty({
        distribution: system.distribution,
        kernel: system.kernel,
        processors: system.cpus,
        memory: system.memory.total,
        virtualization: system.virtualization,
      }),
      details: withoutEmpty({
        processor: system.cpuModel,
        architecture: system.architecture,
        board: system.board,
        swap: system.memory.swapTotal,
      }),
    }),
    ...fileSystemsOf(sections).map(({ point, type, size, device }) =>
      item('storage', 'filesystem', point, { facts: { type, size }, details: { device } }),
    ),
    ...disksOf(sections).disks.map(({ name, model, size, kind, verdict, serial, firmware }) =>
      item('storage', 'disk', name.replaceAll(' ', '+'), {
        state: verdict,
        facts: withoutEmpty({ model, size, kind }),
        details: withoutEmpty({ serial, firmware }),
      }),
    ),
    ...poolsOf(sections).map(({ name, kind, health }) => item('storage', 'pool', name, { state: health, facts: { kind } })),
    ...servicesOf(sections, item),
    ...interfacesOf(sections)
      .filter(({ kind }) => kind !== 'loopback' && kind !== 'veth')
      .map(({ name, kind, state, mtu, mac, addresses, speed, driver, firmware }) =>
        item('network', 'interface', name, {
          state,
          facts: withoutEmpty({
            kind,
            mtu,
            addresses: addresses.join(', '),
            networks: [...new Set(addresses.flatMap((address) => networkOf(address) ?? []))].join(', '),
            speed,
          }),
          details: withoutEmpty({ mac, driver, firmware }),
        }),
      ),
  ]
}

type MakeItem = (
  section: CensusItem['section'],
  kind: string,
  name: string,
  rest: Omit<CensusItem, 'section' | 'target' | 'name'>,
) => CensusItem

function servicesOf(sections: Parameters<typeof unitsOf>[0], item: MakeItem): CensusItem[] {
  if (sections.has('units:none')) return []
  const services = unitsOf(sections).filter(({ name }) => name.endsWith('.service'))
  const failed = failedUnitsOf(sections)
  return [
    item('services', 'units', 'services', {
      state: failed.length > 0 ? 'degraded' : 'running',
      facts: { active: services.filter(({ active }) => active === 'active').length, failed: failed.length },
    }),
    ...failed.map(({ name, description, result }) =>
      item('services', 'unit', name, { state: 'failed', facts: withoutEmpty({ description, result }) }),
    ),
  ]
}

function withoutEmpty(facts: Record<string, string | number | undefined>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== ''),
  )
}
