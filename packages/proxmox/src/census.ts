import type { CensusItem, FacetContext } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import { distinctStorages } from './resources.ts'
import { targetOf } from './targets.ts'

/** Tells everything a cluster holds: nodes, guests of both kinds, storages. */
export async function census(client: ProxmoxClient, { instance, signal }: FacetContext): Promise<CensusItem[]> {
  const [view, { version }] = await Promise.all([client.resources(signal), client.version(signal)])
  return [
    ...view.nodes.map(({ name, isOnline, cpus, maxMemory }): CensusItem => ({
      section: 'node',
      target: targetOf(instance, 'node', name),
      name,
      state: isOnline ? 'online' : 'offline',
      facts: { proxmox: version, ...(cpus !== undefined && { cpus }), ...(maxMemory !== undefined && { memory_bytes: maxMemory }) },
    })),
    ...view.guests.map((guest): CensusItem => ({
      section: guest.kind === 'qemu' ? 'vms' : 'containers',
      target: targetOf(instance, 'guest', guest.id),
      name: guest.name,
      state: guest.isTemplate ? 'template' : guest.status,
      facts: {
        node: guest.node,
        ...(guest.cpus !== undefined && { cpus: guest.cpus }),
        ...(guest.maxMemory !== undefined && { memory_bytes: guest.maxMemory }),
      },
      details: {
        ...(guest.tags.length > 0 && { tags: guest.tags.join(', ') }),
        ...(guest.pool !== undefined && { pool: guest.pool }),
        ...(guest.ha !== undefined && { ha: guest.ha }),
      },
    })),
    ...distinctStorages(view.storages).map(({ name, node, isShared, isAvailable, type, total, content }): CensusItem => ({
      section: 'storage',
      target: targetOf(instance, 'storage', isShared ? name : `${node}/${name}`),
      name: isShared ? name : `${name} on ${node}`,
      state: isAvailable ? 'available' : 'not available',
      facts: { type, ...(total !== undefined && { bytes: total }) },
      details: { holds: content.join(', ') },
    })),
  ]
}
