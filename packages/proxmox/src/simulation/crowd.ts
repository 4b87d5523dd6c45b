import type { ProxmoxWorld, SimulatedGuest } from './world.ts'

/** A cluster of which only the size matters. */
export interface ProxmoxCrowd {
  nodeCount: number
  guestCount: number
  /** True where the last node takes requests and never answers them. */
  hangs?: boolean
}

/** A world of many guests, spread over many nodes. */
export function crowdedWorld({ nodeCount, guestCount, hangs = false }: ProxmoxCrowd): ProxmoxWorld {
  const names = Array.from({ length: nodeCount }, (_, index) => `node${String(index + 1).padStart(2, '0')}`)
  const guests = Array.from({ length: guestCount }, (_, index): SimulatedGuest => ({
    id: 1_000 + index,
    name: `guest-${index}`,
    kind: index % 3 === 0 ? 'lxc' : 'qemu',
    node: names[index % nodeCount] ?? '',
    status: index % 7 === 0 ? 'stopped' : 'running',
    ...(index % 3 === 1 && { agent: index % 50 === 1 ? 'dead' : 'answers' }),
    tags: index % 2 === 0 ? 'even' : 'odd',
  }))
  return {
    name: 'crowd',
    nodes: Object.fromEntries(
      names.map((name, index) => [
        name,
        { address: `10.60.0.${index + 1}`, cpus: 64, memoryGib: 512, ...(hangs && index === nodeCount - 1 && { hangs }) },
      ]),
    ),
    storages: {
      ceph: { type: 'rbd', content: 'images,rootdir', shared: true, gib: 200_000, usedPercent: 60 },
      backup: { type: 'pbs', content: 'backup', shared: true, gib: 100_000, usedPercent: 50 },
    },
    guests,
    backups: guests.map(({ id }) => ({ guest: id, storage: 'backup', hoursAgo: 5, verified: 'ok' })),
    jobs: [{ id: 'nightly', schedule: '02:00', storage: 'backup', all: true }],
  }
}
