/** A unit of a pretend host; what is left out is the usual. */
export interface SimulatedUnit {
  /** With its ending. */
  name: string
  description?: string
  /** `active` when not given. */
  active?: 'active' | 'inactive' | 'failed'
  /** `enabled` when not given. */
  enabled?: 'enabled' | 'disabled' | 'static' | 'masked'
  type?: 'simple' | 'notify' | 'oneshot'
  exitCode?: number
  restarts?: number
  /** Oldest first; one that begins with `! ` is an error. */
  log?: readonly string[]
  /** What it writes when started anew. */
  startLog?: readonly string[]
  /** `well` when not given: what comes of starting it anew. */
  onStart?: 'well' | 'fails'
  memoryMib?: number
  /** Hours since it came to be as it is. */
  hours?: number
  aliases?: readonly string[]
  triggeredBy?: readonly string[]
  requiredBy?: readonly string[]
}

/** A disk of a pretend host. */
export interface SimulatedDisk {
  name: string
  model: string
  serial: string
  kind: 'hdd' | 'ssd' | 'nvme'
  gib: number
  hours?: number
  celsius?: number
  wearPercent?: number
  reallocated?: number
  pending?: number
  uncorrectable?: number
  /** True where it judges itself failing. */
  isFailing?: boolean
}

/** A ZFS pool of a pretend host. */
export interface SimulatedPool {
  name: string
  gib: number
  usedPercent: number
  layout: 'mirror' | 'raidz1' | 'raidz2'
  /** By name. */
  disks: readonly string[]
  /** By name: those that are out of it. */
  faulted?: readonly string[]
  scrubDays?: number
}

/** An interface of a pretend host. */
export interface SimulatedInterface {
  name: string
  mac: string
  addresses?: readonly string[]
  kind?: 'bridge' | 'bond' | 'vlan'
  mtu?: number
  speed?: number
  driver?: string
  firmware?: string
  isDown?: boolean
  master?: string
}

/** A file system of a pretend host. */
export interface SimulatedFileSystem {
  point: string
  device: string
  type: string
  gib: number
  usedPercent: number
  inodesPercent?: number
}

/** What a command says on a pretend host; it changes nothing there. */
export interface SimulatedCommand {
  stdout?: string
  stderr?: string
  exitCode?: number
  /** True where it never ends by itself. */
  hangs?: boolean
}

/** A pretend host. */
export interface SimulatedHost {
  hostname: string
  distribution?: string
  kernel?: string
  /** What is installed besides the kernel that runs. */
  newerKernel?: string
  cpus?: number
  cpuModel?: string
  board?: string
  virtualization?: string
  memoryGib?: number
  memoryUsedGib?: number
  swapGib?: number
  load?: readonly [number, number, number]
  upDays?: number
  /** °C by sensor. */
  temperatures?: Readonly<Record<string, number>>
  clockOffsetSeconds?: number
  fileSystems?: readonly SimulatedFileSystem[]
  disks?: readonly SimulatedDisk[]
  pools?: readonly SimulatedPool[]
  interfaces?: readonly SimulatedInterface[]
  gateway?: string
  units?: readonly SimulatedUnit[]
  /** `name from to`, with ` security` behind it where it is. */
  updates?: readonly string[]
  /** Of those that wait, the packages that stay back, and by package what would have to go for it. */
  held?: Readonly<Record<string, string>>
  /** Packages that ask for a reboot. */
  rebootFor?: readonly string[]
  /** What answers on which `address:port`; anything else is refused. */
  ports?: Readonly<Record<string, 'open' | 'timeout'>>
  /** Status by address; anything else is refused. */
  pages?: Readonly<Record<string, number>>
  /** What commands say, by the words of each, or by the text of a script; anything else is not found. */
  commands?: Readonly<Record<string, SimulatedCommand>>
  /** What runs on it that a reboot would interrupt. */
  containers?: readonly string[]
  guests?: readonly string[]
  /** Where given, sudo asks for it. */
  sudoPassword?: string
}

/** All a pretend lab of hosts knows at the start. */
export interface LinuxWorld {
  /** ISO 8601: when the story begins. */
  now?: string
  /** By the name of the instance. */
  hosts: Readonly<Record<string, SimulatedHost>>
}

const host: SimulatedHost = {
  hostname: 'shelf',
  board: 'Supermicro X11SCL-IF',
  cpus: 4,
  cpuModel: 'Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz',
  memoryGib: 16,
  memoryUsedGib: 6.2,
  swapGib: 2,
  load: [0.4, 0.5, 0.4],
  upDays: 12,
  temperatures: { 'coretemp Package id 0': 46, 'nvme Composite': 39 },
  fileSystems: [
    { point: '/', device: '/dev/nvme0n1p2', type: 'ext4', gib: 218, usedPercent: 41, inodesPercent: 9 },
    { point: '/srv', device: '/dev/sda1', type: 'xfs', gib: 3726, usedPercent: 88, inodesPercent: 1 },
  ],
  disks: [
    {
      name: 'nvme0n1',
      model: 'Samsung SSD 980 250GB',
      serial: 'S64BNL0T123456A',
      kind: 'nvme',
      gib: 233,
      hours: 18_211,
      celsius: 39,
      wearPercent: 7,
    },
    {
      name: 'sda',
      model: 'WDC WD40EFRX-68N32N0',
      serial: 'WD-WCC7K0AB12CD',
      kind: 'hdd',
      gib: 3726,
      hours: 41_002,
      celsius: 34,
      pending: 3,
    },
  ],
  interfaces: [
    {
      name: 'eno1',
      mac: '3c:ec:ef:10:20:30',
      addresses: ['10.20.0.5/24', 'fe80::3eec:efff:fe10:2030/64'],
      speed: 1000,
      driver: 'igb',
      firmware: '3.25, 0x800005cf',
    },
    { name: 'eno2', mac: '3c:ec:ef:10:20:31', isDown: true, driver: 'igb', firmware: '3.25, 0x800005cf' },
  ],
  gateway: '10.20.0.1',
  units: [
    {
      name: 'ssh.service',
      description: 'OpenBSD Secure Shell server',
      type: 'notify',
      aliases: ['sshd.service'],
      hours: 288,
      memoryMib: 6,
    },
    {
      name: 'nginx.service',
      description: 'A high performance web server',
      log: ['started', 'reopening logs'],
      startLog: ['started'],
      hours: 70,
      memoryMib: 24,
    },
    {
      name: 'backup.service',
      description: 'Nightly backup to the shelf below',
      type: 'oneshot',
      active: 'failed',
      enabled: 'static',
      exitCode: 3,
      log: ['open repository', '! Fatal: wrong password or no key found'],
      onStart: 'fails',
      hours: 6,
      triggeredBy: ['backup.timer'],
    },
    { name: 'backup.timer', description: 'Nightly backup, daily', hours: 288 },
    {
      name: 'smb.service',
      description: 'Samba SMB daemon',
      type: 'notify',
      active: 'inactive',
      enabled: 'disabled',
      log: ['shutting down'],
      startLog: ['ready to serve connections'],
      hours: 100,
    },
    { name: 'cron.service', description: 'Regular background program processing daemon', hours: 288, memoryMib: 2 },
    { name: 'dbus.service', description: 'D-Bus System Message Bus', enabled: 'static', type: 'notify', hours: 288, memoryMib: 4 },
  ],
  updates: ['libssl3 3.0.15-1 3.0.17-1 security', 'tzdata 2025a-0 2025b-0', 'openssl 3.0.15-1 3.0.17-1 security', 'samba 4.22.4 4.23.1'],
  held: { samba: 'samba-vfs-modules' },
  commands: {
    'du -sh /srv/media': { stdout: '2.9T\t/srv/media\n' },
    'lsof +L1': {
      stdout: 'COMMAND  PID USER FD TYPE SIZE/OFF NLINK NAME\nnginx 611 root 5w REG 81920 0 /var/log/nginx/access.log (deleted)\n',
    },
    'ping -c 1 nas.lan': { stdout: '', stderr: 'ping: nas.lan: Name or service not known\n', exitCode: 2 },
    'for share in /srv/*; do echo "$share"; done': { stdout: '/srv/media\n/srv/backup\n' },
    'sleep 900': { hangs: true },
  },
  rebootFor: ['linux-image-amd64'],
  containers: ['paperless', 'registry'],
  ports: { 'nas.lan:445': 'open', 'far.lan:22': 'timeout' },
  pages: { 'http://nas.lan/': 200 },
  sudoPassword: 'pretend-sudo-of-shelf',
}

/** One host: enough of everything to see each tool do something. */
export const defaultWorld: LinuxWorld = { hosts: { default: host } }
