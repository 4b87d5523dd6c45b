import { expect, test } from 'vitest'
import { openToolbox } from '@rackwarden/core/testing'
import linux, { type SimulatedHost } from '../src/index.ts'
import simulate from '../src/simulate.ts'

async function hostOf(given: Partial<SimulatedHost>, instance = 'default') {
  const { config, connection } = await simulate({ hosts: { default: { hostname: 'nas', ...given } } })
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  return openToolbox(linux, connection, { configuration: config, instance })
}

const findingsOf = async (given: Partial<SimulatedHost>, instance?: string) => (await hostOf(given, instance)).findings()
const eth = { name: 'eth0', mac: '02:00:00:00:00:01', addresses: ['10.0.0.5/24'], speed: 1000, driver: 'igb' }
const disk = { name: 'sda', model: 'WDC', serial: 'WD-1', kind: 'hdd' as const, gib: 4000 }

test('a well host has no findings', async () => {
  expect(
    await findingsOf({
      fileSystems: [
        { point: '/', device: '/dev/sda2', type: 'ext4', gib: 100, usedPercent: 84, inodesPercent: 80 },
        { point: '/tank', device: 'tank', type: 'zfs', gib: 900, usedPercent: 50 },
      ],
      disks: [disk],
      pools: [{ name: 'tank', gib: 900, usedPercent: 50, layout: 'mirror', disks: ['sda', 'sdb'] }],
      interfaces: [eth],
      units: [{ name: 'ssh.service' }],
    }),
  ).toEqual([])
})

test('a file system that fills is a warning, one that is nearly full is critical, in space and in inodes', async () => {
  const of = async (usedPercent: number, inodesPercent = 0) =>
    (await findingsOf({ fileSystems: [{ point: '/srv', device: '/dev/sda1', type: 'ext4', gib: 10, usedPercent, inodesPercent }] })).map(
      ({ id, severity }) => [id, severity],
    )
  expect(await of(85)).toEqual([['linux/filesystem/srv#space', 'warning']])
  expect(await of(95)).toEqual([['linux/filesystem/srv#space', 'critical']])
  expect(await of(20, 96)).toEqual([['linux/filesystem/srv#inodes', 'critical']])
})

test('data sets of one full pool are one finding', async () => {
  const dataset = (point: string, device: string) => ({ point, device, type: 'zfs', gib: 900, usedPercent: 97 })
  expect(await findingsOf({ fileSystems: [dataset('/tank', 'tank'), dataset('/tank/media', 'tank/media')] })).toHaveLength(1)
})

test('a pool that lost a disk is critical with data at stake, and points to the failing disk', async () => {
  const found = await findingsOf(
    {
      disks: [{ ...disk, isFailing: true, reallocated: 2004 }],
      pools: [{ name: 'tank', gib: 900, usedPercent: 50, layout: 'mirror', disks: ['sda', 'sdb'], faulted: ['sda'] }],
    },
    'cellar',
  )
  expect(found).toMatchObject([
    { id: 'linux@cellar/disk/sda#smart', severity: 'critical', stake: 'data', next: { tool: 'check_disks', input: { disk: 'sda' } } },
    { id: 'linux@cellar/pool/tank#health', severity: 'critical', stake: 'data', cause: 'linux@cellar/disk/sda' },
  ])
})

test('a failed unit, a waiting reboot, a clock that is off and two MTUs on one network are found', async () => {
  const found = await findingsOf({
    units: [{ name: 'backup.service', active: 'failed', exitCode: 23, log: ['rsync: refused'] }],
    rebootFor: ['linux-image-amd64'],
    clockOffsetSeconds: -9,
    interfaces: [eth, { ...eth, name: 'eth1', addresses: ['10.0.0.6/24'], mtu: 9000 }],
  })
  expect(found.map(({ id, severity, evidence }) => [id, severity, evidence])).toEqual([
    ['linux/host/nas#clock', 'warning', '8 s behind ours, synchronised'],
    ['linux/network/10.0.0.0/24#mtu', 'warning', 'eth0 1500, eth1 9000'],
    ['linux/unit/backup.service#failed', 'warning', 'exit code 23; last line: rsync: refused'],
    ['linux/host/nas#reboot', 'notice', 'asked for by linux-image-amd64'],
  ])
})

test('a newer kernel waits for a reboot, too', async () => {
  expect(await findingsOf({ newerKernel: '6.12.57+deb13-amd64' })).toMatchObject([
    { id: 'linux/host/nas#reboot', evidence: expect.stringContaining('6.12.57') },
  ])
})

test('too much load, memory and heat are found', async () => {
  const found = await findingsOf({ cpus: 2, load: [9, 9, 9], memoryGib: 8, memoryUsedGib: 7.9, temperatures: { 'coretemp Package': 96 } })
  expect(found.map(({ id, severity }) => [id, severity])).toEqual([
    ['linux/host/nas#load', 'critical'],
    ['linux/host/nas#memory', 'critical'],
    ['linux/host/nas#temperature', 'warning'],
  ])
})

test('a host is an asset with its names, addresses and hardware addresses', async () => {
  expect(await (await hostOf({ interfaces: [eth] }, 'cellar')).assets()).toEqual([
    {
      target: 'linux@cellar/host/nas',
      kind: 'host',
      name: 'nas',
      aliases: ['cellar'],
      addresses: ['10.0.0.5'],
      macs: ['02:00:00:00:00:01'],
      networks: [{ network: '10.0.0.0/24', mtu: 1500 }],
      state: 'running',
    },
  ])
})

test('the census tells node, storage, services and network without anything that moves', async () => {
  const given = { interfaces: [eth], disks: [disk], units: [{ name: 'ssh.service' }, { name: 'a.service', active: 'failed' as const }] }
  const census = await (await hostOf(given)).census()
  expect(census.map(({ section, name, state }) => [section, name, state])).toEqual([
    ['node', 'nas', 'up'],
    ['storage', 'sda', 'ok'],
    ['services', 'services', 'degraded'],
    ['services', 'a.service', 'failed'],
    ['network', 'eth0', 'up'],
  ])
  expect(census.at(-1)?.facts).toMatchObject({ mtu: 1500, networks: '10.0.0.0/24' })
  expect(await (await hostOf(given)).census()).toEqual(census)
})

test('what would cut the way in, or take the host down, is protected', async () => {
  const units = ['ssh', 'dbus', 'systemd-networkd', 'NetworkManager', 'systemd-poweroff', 'rackwarden'].map((name) => ({
    name: `${name}.service`,
  }))
  const { config, connection } = await simulate({
    hosts: { default: { hostname: 'nas', units: [...units, { name: 'bus-user.service', requiredBy: ['sshd.service'] }] } },
  })
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const here = await openToolbox(linux, connection, { configuration: config })
  const there = await openToolbox(linux, connection, { configuration: { ...config, url: 'ssh://root@nas' } })
  const refused = { code: 'protected' }
  for (const unit of ['ssh', 'dbus', 'rackwarden', 'bus-user'])
    await expect(here.plan('stop_unit', { unit })).rejects.toMatchObject(refused)
  for (const unit of ['systemd-networkd', 'NetworkManager']) {
    await expect(there.plan('stop_unit', { unit })).rejects.toMatchObject(refused)
    expect((await here.plan('stop_unit', { unit })).warnings).toContain('It holds the network of this host.')
  }
  await expect(here.plan('start_unit', { unit: 'systemd-poweroff' })).rejects.toMatchObject(refused)
  await expect(here.plan('disable_unit', { unit: 'ssh' })).rejects.toMatchObject(refused)
  await expect(here.plan('restart_unit', { unit: 'dbus' })).rejects.toMatchObject(refused)
  expect((await there.plan('restart_unit', { unit: 'ssh' })).warnings).toContain(
    'New logins are refused for a moment; those that stand are kept.',
  )
})

test('doctor is told that root may do everything, and a user without sudo nothing to units', async () => {
  const rightsOf = async (config: Record<string, unknown>) => {
    const { connection, config: simulated } = await simulate({ hosts: { default: { hostname: 'nas' } } })
    if (connection === undefined) throw new Error('the simulator answers through a connection')
    const client = await linux.connect({ ...simulated, ...config }, connection)
    return linux.rights?.(client, { instance: 'default', signal: new AbortController().signal })
  }
  expect(await rightsOf({})).toMatchObject({ highest: 'admin' })
  expect(await rightsOf({ sudo: 'none' })).toMatchObject({ highest: 'observe' })
})
