import { defaultGuests } from './default-guests.ts'
import type { ProxmoxWorld, SimulatedBackup } from './world.ts'

const nvme = (used: string, lifeLeft: number) =>
  ({ device: '/dev/nvme0n1', model: 'Samsung SSD 980 PRO 1TB', gib: 932, type: 'nvme', used, lifeLeft }) as const

// What is backed up each night; the rest is why audits are made.
const nightly = [
  101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212,
  213, 214, 215,
]
const backups: SimulatedBackup[] = [
  ...nightly.flatMap((guest, index): SimulatedBackup[] =>
    [7, 31, 55].map((hoursAgo) => ({
      guest,
      storage: 'backup',
      hoursAgo: hoursAgo + index / 60,
      gib: guest < 200 ? 9 : 1.4,
      verified: 'ok',
    })),
  ),
  { guest: 116, storage: 'backup', hoursAgo: 24 * 40, gib: 12 },
  { guest: 117, storage: 'nas', hoursAgo: 5, gib: 0 },
  { guest: 118, storage: 'backup', hoursAgo: 6, gib: 6, verified: 'failed' },
  { guest: 216, storage: 'local', node: 'pve2', hoursAgo: 5, gib: 1.1, note: 'before the move' },
  { guest: 999, storage: 'nas', hoursAgo: 24 * 90, gib: 20, protected: true, note: 'the old mail server' },
]

/** The world of a pretend cluster that is given none: three nodes, fifty guests, and some of it not well. */
export const defaultWorld: ProxmoxWorld = {
  name: 'homelab',
  release: 9,
  nodes: {
    pve1: {
      address: '10.30.0.11',
      cpus: 20,
      memoryGib: 64,
      memoryUsedGib: 41,
      load: 2.1,
      upDays: 41,
      disks: [
        nvme('ZFS', 88),
        { device: '/dev/sda', model: 'Samsung SSD 870 EVO 2TB', gib: 1_863, type: 'ssd', used: 'Ceph OSD', lifeLeft: 93 },
      ],
      updates: ['pve-manager', 'qemu-server', 'proxmox-kernel-6.17'],
      newerKernel: '6.17.9-1-pve',
    },
    pve2: {
      address: '10.30.0.12',
      cpus: 20,
      memoryGib: 64,
      memoryUsedGib: 37,
      load: 1.2,
      upDays: 41,
      disks: [
        nvme('ZFS', 7),
        { device: '/dev/sda', model: 'Samsung SSD 870 EVO 2TB', gib: 1_863, type: 'ssd', used: 'Ceph OSD', lifeLeft: 91 },
      ],
      updates: ['pve-manager', 'qemu-server'],
    },
    pve3: {
      address: '10.30.0.13',
      cpus: 12,
      memoryGib: 32,
      memoryUsedGib: 22,
      load: 0.7,
      upDays: 9,
      certificateDays: 9,
      disks: [nvme('ZFS', 97), { device: '/dev/sda', model: 'WDC WD40EFRX', gib: 3_726, type: 'hdd', used: 'Ceph OSD' }],
    },
  },
  storages: {
    ceph: { type: 'rbd', content: 'images,rootdir', shared: true, gib: 5_400, usedPercent: 61, growthGibPerDay: 3.1 },
    nas: { type: 'nfs', content: 'images,iso,vztmpl,import,backup', shared: true, gib: 8_000, usedPercent: 88, growthGibPerDay: 6.4 },
    backup: { type: 'pbs', content: 'backup', shared: true, gib: 4_000, usedPercent: 52, growthGibPerDay: 2.2 },
    'local-zfs': { type: 'zfspool', content: 'images,rootdir', gib: 860, usedPercent: 34 },
    local: { type: 'dir', content: 'iso,vztmpl,backup', gib: 96, usedPercent: 30 },
  },
  guests: defaultGuests,
  volumes: [
    { volid: 'nas:import/debian-13-generic-amd64.qcow2', gib: 0.4 },
    { volid: 'nas:import/ubuntu-26.04-server-cloudimg-amd64.img', gib: 0.6 },
    { volid: 'nas:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst', gib: 0.1 },
    { volid: 'local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz', gib: 0.01, node: 'pve1' },
  ],
  backups,
  tasks: [
    { node: 'pve1', type: 'vzdump', about: '', hoursAgo: 7.2, status: 'OK' },
    {
      node: 'pve2',
      type: 'vzdump',
      about: '118',
      hoursAgo: 6,
      status: 'job errors',
      log: ['INFO: Starting Backup of VM 118 (qemu)', "ERROR: Backup of VM 118 failed - VM 118 qmp command 'backup' failed - got timeout"],
    },
    { node: 'pve1', type: 'qmstart', about: '101', hoursAgo: 200, status: 'OK', log: ['generating cloud-init ISO'] },
  ],
  jobs: [{ id: 'backup-nightly', schedule: '02:00', storage: 'backup', guests: [...nightly, 116, 117, 118] }],
  replication: [
    { guest: 110, target: 'pve2', minutesAgo: 4 },
    { guest: 210, target: 'pve1', minutesAgo: 190, failures: 12, error: "command 'zfs send' failed: exit code 1" },
  ],
  haRules: [
    { rule: 'dns-apart', type: 'resource-affinity', resources: 'ct:201,ct:202' },
    { rule: 'router-home', type: 'node-affinity', resources: 'vm:101', nodes: 'pve1:2,pve2:1' },
  ],
  ceph: { status: 'HEALTH_WARN', checks: { OSD_NEARFULL: '1 nearfull osd(s)' } },
}
