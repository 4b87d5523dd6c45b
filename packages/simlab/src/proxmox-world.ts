import type { ProxmoxWorld, SimulatedGuest } from '@rackwarden/proxmox'

const disk = (lifeLeft: number) =>
  ({ device: '/dev/nvme0n1', model: 'WD_BLACK SN770 1TB', gib: 932, type: 'nvme', used: 'ZFS', lifeLeft }) as const

const guests: readonly SimulatedGuest[] = [
  {
    id: 100,
    name: 'router',
    kind: 'qemu',
    node: 'pve1',
    cores: 4,
    memoryMib: 4_096,
    address: '192.168.10.1',
    agent: 'answers',
    ha: 'started',
    tags: 'core',
    config: { onboot: 1 },
  },
  {
    id: 102,
    name: 'dns1',
    kind: 'lxc',
    node: 'pve1',
    cores: 1,
    memoryMib: 512,
    address: '192.168.10.2',
    ha: 'started',
    tags: 'core;dns',
    config: { onboot: 1 },
  },
  {
    id: 103,
    name: 'dns2',
    kind: 'lxc',
    node: 'pve2',
    cores: 1,
    memoryMib: 512,
    address: '192.168.10.3',
    ha: 'started',
    tags: 'core;dns',
    config: { onboot: 1 },
  },
  {
    id: 110,
    name: 'build',
    kind: 'qemu',
    node: 'pve2',
    cores: 8,
    memoryMib: 16_384,
    address: '192.168.10.30',
    agent: 'answers',
    tags: 'dev',
    programs: {
      'systemctl is-active docker': { out: 'active\n' },
      'apt-get -y full-upgrade': {
        out: 'Setting up containerd.io (2.4.0-1) ...\nSetting up docker-ce (5:30.0.1-1) ...\nJob for docker.service failed.\n',
        code: 100,
        seconds: 3,
        leaves: 'broken',
      },
      'broken: systemctl is-active docker': { out: 'failed\n', code: 3 },
    },
    snapshots: [{ name: 'rackwarden-1', hoursAgo: 20, note: 'before the upgrade' }],
  },
  {
    id: 111,
    name: 'desktop',
    kind: 'qemu',
    node: 'pve2',
    status: 'stopped',
    cores: 4,
    memoryMib: 8_192,
    config: { hostpci0: '0000:01:00.0,pcie=1' },
  },
  { id: 112, name: 'lab', kind: 'qemu', node: 'pve3', cores: 2, memoryMib: 4_096, address: '192.168.10.32', agent: 'answers', tags: 'dev' },
  { id: 120, name: 'mqtt', kind: 'lxc', node: 'pve3', cores: 1, memoryMib: 512, address: '192.168.10.33', tags: 'home' },
  { id: 121, name: 'minecraft', kind: 'lxc', node: 'pve3', cores: 4, memoryMib: 8_192, address: '192.168.10.34', storage: 'local-zfs' },
  { id: 900, name: 'debian-13-cloud', kind: 'qemu', node: 'pve1', template: true, tags: 'template' },
]

/** The hypervisors of the lab: what routes and resolves runs on them, beside what is only played with. */
export const hypervisors: ProxmoxWorld = {
  name: 'lab',
  nodes: {
    pve1: { address: '192.168.10.5', cpus: 16, memoryGib: 64, upDays: 60, load: 1.1, disks: [disk(91)] },
    pve2: { address: '192.168.10.6', cpus: 16, memoryGib: 64, upDays: 60, load: 2.3, disks: [disk(88)], newerKernel: '6.17.9-1-pve' },
    pve3: { address: '192.168.10.7', cpus: 8, memoryGib: 32, upDays: 12, load: 0.4, disks: [disk(96)] },
  },
  storages: {
    ceph: { type: 'rbd', content: 'images,rootdir', shared: true, gib: 2_700, usedPercent: 48, growthGibPerDay: 1.4 },
    backup: { type: 'pbs', content: 'backup', shared: true, gib: 4_000, usedPercent: 41, growthGibPerDay: 2.1 },
    'local-zfs': { type: 'zfspool', content: 'images,rootdir', gib: 860, usedPercent: 12 },
  },
  guests,
  backups: [
    ...[100, 102, 103, 110, 111, 112, 120].flatMap((guest) =>
      [7, 31].map((hoursAgo) => ({ guest, storage: 'backup', hoursAgo, gib: guest < 110 ? 2 : 11, verified: 'ok' as const })),
    ),
    { guest: 121, storage: 'backup', hoursAgo: 11 * 24, gib: 6, verified: 'ok' },
  ],
  jobs: [{ id: 'nightly', schedule: '02:00', storage: 'backup', guests: [100, 102, 103, 110, 111, 112, 120] }],
  ceph: { status: 'HEALTH_OK' },
}
