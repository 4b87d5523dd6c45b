/** One node of a pretend cluster. */
export interface SimulatedNode {
  /** Not told where there is none. */
  address?: string | undefined
  cpus: number
  memoryGib: number
  memoryUsedGib?: number
  rootUsedPercent?: number
  load?: number
  upDays?: number
  /** Off: the others say that there is no route to it. */
  offline?: boolean
  /** Takes requests and never answers them. */
  hangs?: boolean
  kernel?: string
  /** Newer one that waits for a reboot. */
  newerKernel?: string
  /** Services that failed. */
  failed?: readonly string[]
  updates?: readonly string[]
  /** Days its certificate is good for. */
  certificateDays?: number
  /** SHA-256 of its certificate, in hexadecimal digits with colons. */
  fingerprint?: string
  /** Seconds its clock is ahead. */
  clockAhead?: number
  disks?: readonly SimulatedDisk[]
}

/** One disk of a node. */
export interface SimulatedDisk {
  device: string
  model: string
  gib: number
  type: 'nvme' | 'ssd' | 'hdd'
  health?: string
  /** Percent of its life that is left. */
  lifeLeft?: number
  used?: string
}

/** One storage; local ones are there once on each node. */
export interface SimulatedStorage {
  type: 'rbd' | 'nfs' | 'zfspool' | 'dir' | 'lvmthin' | 'lvm' | 'pbs'
  content: string
  shared?: boolean
  /** Nodes that have it; all when not given. */
  nodes?: readonly string[]
  gib: number
  usedPercent: number
  growthGibPerDay?: number
  unavailable?: boolean
}

/** One guest. */
export interface SimulatedGuest {
  id: number
  name: string
  kind: 'qemu' | 'lxc'
  node: string
  status?: 'running' | 'stopped'
  /** What a virtual machine says beyond that. */
  detail?: 'paused'
  template?: boolean
  cores?: number
  memoryMib?: number
  upHours?: number
  tags?: string
  pool?: string
  lock?: string
  ha?: string
  haGroup?: string
  /** Configuration beyond what the rest says. */
  config?: Readonly<Record<string, string | number>>
  storage?: string
  diskGib?: number
  address?: string | undefined
  /** Whether an agent is configured, and what it does. */
  agent?: 'answers' | 'dead'
  /** What it sees besides its own network. */
  alsoSees?: Readonly<Record<string, string>>
  snapshots?: readonly SimulatedSnapshot[]
  /** What its agent runs, by command or by program; behind a word and a colon, while it is so inside. */
  programs?: Readonly<Record<string, SimulatedProgram>>
  /** Ignores being asked to end. */
  ignoresShutdown?: boolean
  /** Why a task of a type fails, or what it warns of. */
  fails?: Readonly<Record<string, string>>
  warns?: Readonly<Record<string, string>>
}

/** A program in a guest, and what comes of it. */
export interface SimulatedProgram {
  out?: string
  error?: string
  code?: number
  /** Looks it takes until it is over. */
  seconds?: number
  truncated?: boolean
  /** How the guest is afterwards, in a word; what it runs may be another thing then: `broken: systemctl is-active wiki`. */
  leaves?: string
}

/** A file guests can be made from: an image to import, or a template of containers. */
export interface SimulatedVolume {
  volid: string
  gib: number
  /** Where the storage is local. */
  node?: string
}

/** One snapshot of a guest. */
export interface SimulatedSnapshot {
  name: string
  hoursAgo: number
  note?: string
  ram?: boolean
}

/** One archive of a guest. */
export interface SimulatedBackup {
  guest: number
  kind?: 'qemu' | 'lxc'
  storage: string
  /** Where the storage is local. */
  node?: string
  hoursAgo: number
  gib?: number
  verified?: 'ok' | 'failed'
  protected?: boolean
  note?: string
}

/** A task of the past. */
export interface SimulatedPastTask {
  node: string
  type: string
  about: string
  hoursAgo: number
  status: string
  user?: string
  log?: readonly string[]
}

/** What a token may do, by path. */
export interface SimulatedToken {
  secret: string
  rights: Readonly<Record<string, readonly string[]>>
}

/** What a pretend cluster begins with. */
export interface ProxmoxWorld {
  /** Its name; a node alone has none. */
  name?: string
  release?: 8 | 9
  nodes: Readonly<Record<string, SimulatedNode>>
  storages: Readonly<Record<string, SimulatedStorage>>
  guests: readonly SimulatedGuest[]
  backups?: readonly SimulatedBackup[]
  volumes?: readonly SimulatedVolume[]
  tasks?: readonly SimulatedPastTask[]
  jobs?: readonly { id: string; schedule: string; storage: string; all?: boolean; guests?: readonly number[]; disabled?: boolean }[]
  replication?: readonly { guest: number; target: string; schedule?: string; minutesAgo?: number; failures?: number; error?: string }[]
  haRules?: readonly { rule: string; type: string; resources: string; nodes?: string }[]
  ceph?: { status: string; checks?: Readonly<Record<string, string>> }
  quorate?: boolean
  tokens?: Readonly<Record<string, SimulatedToken>>
  /** The token the configuration names; the first when not given. */
  token?: string
  /** Nodes a request may come in through, besides the first. */
  entries?: readonly string[]
}

/** Where time stands in the simulation. */
export const startOfTime = Date.parse('2026-06-01T09:00:00Z')
