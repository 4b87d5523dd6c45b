import type { Finding } from '@rackwarden/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProxmoxWorld } from '../src/index.ts'
import { driftsOf, waitingKernel } from '../src/node-facts.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { openCluster, openLab } from './cluster.ts'

const pve1 = defaultWorld.nodes['pve1'] as NonNullable<(typeof defaultWorld.nodes)[string]>
const { pve2, pve3 } = defaultWorld.nodes as Record<'pve2' | 'pve3', typeof pve1>

async function found(world: Partial<ProxmoxWorld>): Promise<readonly Finding[]> {
  return (await openCluster(world)).findings()
}

const quiet: Partial<ProxmoxWorld> = {
  nodes: {
    pve1: { ...pve1, newerKernel: undefined, disks: [] } as never,
    pve2: { ...pve2, disks: [] },
    pve3: { ...pve3, certificateDays: 300, disks: [] },
  },
  storages: {
    ceph: { type: 'rbd', content: 'images', shared: true, gib: 100, usedPercent: 10 },
    backup: { type: 'pbs', content: 'backup', shared: true, gib: 100, usedPercent: 10 },
  },
  guests: [{ id: 100, name: 'one', kind: 'qemu', node: 'pve1' }],
  backups: [{ guest: 100, storage: 'backup', hoursAgo: 3 }],
  jobs: [{ id: 'all', schedule: '02:00', storage: 'backup', all: true }],
  tasks: [],
  replication: [],
  ceph: { status: 'HEALTH_OK' },
}

test('a cluster that is well has nothing to say', async () => {
  expect(await found(quiet)).toEqual([])
})

const node = (more: object): Partial<ProxmoxWorld> => ({ ...quiet, nodes: { ...quiet.nodes, pve2: { ...pve2, disks: [], ...more } } })
const disk = { device: '/dev/sdb', model: 'X', gib: 100, type: 'ssd' } as const

test.each<[string, Partial<ProxmoxWorld>, Partial<Finding>]>([
  ['a node that is off', node({ offline: true }), { id: 'proxmox/node/pve2#online', severity: 'critical', title: 'pve2 is offline' }],
  ['a lost quorum', { ...quiet, quorate: false }, { severity: 'critical', title: 'The cluster has lost its quorum' }],
  [
    'a storage that fills up',
    { ...quiet, storages: { ...quiet.storages, ceph: { type: 'rbd', content: 'images', shared: true, gib: 100, usedPercent: 86 } } },
    { target: 'proxmox/storage/ceph', severity: 'warning', stake: 'data' },
  ],
  [
    'a local storage that is full',
    { ...quiet, storages: { ...quiet.storages, local: { type: 'dir', content: 'iso', nodes: ['pve3'], gib: 100, usedPercent: 97 } } },
    { target: 'proxmox/storage/pve3/local', severity: 'critical' },
  ],
  [
    'a storage that is away',
    {
      ...quiet,
      storages: { ...quiet.storages, nas: { type: 'nfs', content: 'iso', shared: true, gib: 1, usedPercent: 1, unavailable: true } },
    },
    { title: 'The storage nas is not available', severity: 'critical' },
  ],
  [
    'a task that failed',
    { ...quiet, tasks: [{ node: 'pve1', type: 'vzdump', about: '100', hoursAgo: 3, status: 'job errors' }] },
    { title: 'The task vzdump 100 failed on pve1', evidence: 'job errors' },
  ],
  [
    'a guest without a backup',
    { ...quiet, backups: [{ guest: 100, storage: 'backup', hoursAgo: 40 }] },
    { target: 'proxmox/guest/100', title: 'one (100) has no recent backup', stake: 'data' },
  ],
  ['a certificate that expires', node({ certificateDays: 2 }), { title: 'The certificate of pve2 expires soon', severity: 'critical' }],
  ['a certificate that has expired', node({ certificateDays: -1 }), { title: 'The certificate of pve2 has expired', severity: 'critical' }],
  [
    'HA that gave up',
    { ...quiet, guests: [{ id: 100, name: 'one', kind: 'qemu', node: 'pve1', ha: 'error' }] },
    { title: 'HA gave up on one (100)', severity: 'critical' },
  ],
  [
    'replication that fails',
    { ...quiet, replication: [{ guest: 100, target: 'pve2', failures: 3, error: 'no route' }] },
    { title: 'The replication of one (100) to pve2 fails', evidence: expect.stringContaining('no route') as string },
  ],
  [
    'a kernel that waits',
    node({ newerKernel: '6.17.10-1-pve' }),
    { severity: 'notice', title: 'pve2 waits for a reboot into its new kernel' },
  ],
  ['a clock that is off', node({ clockAhead: 60 }), { title: 'The clock of pve2 is off', severity: 'critical' }],
  [
    'a disk that wears out',
    node({ disks: [{ ...disk, lifeLeft: 9 }] }),
    { title: 'A disk of pve2 is wearing out (/dev/sdb)', severity: 'warning', stake: 'data' },
  ],
  [
    'a disk that fails',
    node({ disks: [{ ...disk, health: 'FAILED' }] }),
    { title: 'A disk of pve2 is failing (/dev/sdb)', severity: 'critical' },
  ],
  ['a service that failed', node({ failed: ['pvestatd'] }), { title: 'The service pvestatd of pve2 failed', severity: 'critical' }],
  [
    'Ceph that is not well',
    { ...quiet, ceph: { status: 'HEALTH_ERR', checks: { PG: '1 pg down' } } },
    { severity: 'critical', title: 'Ceph is in HEALTH_ERR', evidence: '1 pg down' },
  ],
  [
    'a guest that stays locked',
    { ...quiet, guests: [{ id: 100, name: 'one', kind: 'qemu', node: 'pve1', status: 'stopped', lock: 'migrate' }] },
    { title: 'one (100) is locked', severity: 'notice' },
  ],
])('%s is one finding', async (_, world, expected) => {
  const findings = await found(world)
  expect(findings).toEqual([expect.objectContaining(expected)])
})

test('a node that hangs is named in time, and what the others say is told', async () => {
  const findings = await found(node({ hangs: true }))
  expect(findings).toEqual([expect.objectContaining({ title: 'pve2 does not answer', target: 'proxmox/node/pve2', severity: 'critical' })])
})

test('many guests without a backup are one line beyond the first', async () => {
  const guests = Array.from({ length: 40 }, (_, index) => ({ id: 200 + index, name: `g${index}`, kind: 'lxc' as const, node: 'pve1' }))
  const findings = await found({ ...quiet, guests, backups: [] })
  expect(findings).toHaveLength(8)
  expect(findings.at(-1)).toMatchObject({ title: '33 more guests have no recent backup' })
})

test('what cannot be seen of backups is no proof that there are none', async () => {
  const storages = {
    ...quiet.storages,
    backup: { type: 'pbs', content: 'backup', shared: true, gib: 1, usedPercent: 1, unavailable: true } as const,
  }
  const titles = (await found({ ...quiet, storages })).map(({ title }) => title)
  expect(titles).toEqual(['The storage backup is not available', 'Whether everything is backed up could not be seen'])
})

describe('a fact about nodes', () => {
  const clock = (name: string, seconds: number, askedAtMs = 1_000_000) => ({
    node: { name } as never,
    clock: { seconds, blurSeconds: 0.05, zone: 'UTC', askedAtMs },
    unread: [],
    isSilent: false,
  })

  test('is how far its clock is from the middle one, the time asking took left out', () => {
    const drifts = driftsOf([clock('a', 1_000), clock('b', 1_001, 1_001_200), clock('c', 1_091)])
    expect(Object.fromEntries(drifts)).toEqual({ a: 0, b: 0, c: 90 })
    expect(driftsOf([clock('alone', 5)]).size).toBe(0)
  })

  test('is never a drift where all clocks agree', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 2_000, noNaN: true }), { minLength: 2, maxLength: 9 }), (asked) => {
        const drifts = driftsOf(asked.map((at, index) => clock(`n${index}`, Math.floor((5_000_000 + at) / 1_000), at)))
        expect([...drifts.values()].every((drift) => Math.abs(drift) === 0)).toBe(true)
      }),
    )
  })

  test('is which kernel waits', () => {
    const facts = (running: string, ...releases: string[]) => ({
      node: {} as never,
      unread: [],
      isSilent: false,
      status: { 'current-kernel': { release: running } } as never,
      installed: releases.map((release) => ({
        Package: `proxmox-kernel-${release}-signed`,
        CurrentState: 'Installed',
        RunningKernel: undefined,
      })),
    })
    expect(waitingKernel(facts('6.8.12-9-pve', '6.8.12-9-pve', '6.8.12-10-pve'))).toEqual({
      running: '6.8.12-9-pve',
      newest: '6.8.12-10-pve',
    })
    expect(waitingKernel(facts('6.17.1-1-pve', '6.8.12-10-pve', '6.17.1-1-pve'))).toBeUndefined()
  })
})

test('a hung node costs a list of guests two seconds, and is named in it', async () => {
  const lab = await openLab({ nodes: { pve1, pve2: { ...pve2, hangs: true }, pve3 } })
  const listed = await lab.call('list_guests', { limit: 100 })
  expect(listed).toMatchObject({
    kind: 'done',
    output: { total: 50, unanswered: expect.arrayContaining([expect.stringContaining('pve2: no answer within 2 s')]) },
  })
})
