import type { BackupKind } from '@rackwarden/core'

/** One backup a pretend server begins with. */
export interface SimulatedBackup {
  hoursAgo: number
  gigabytes?: number
  verified?: 'ok' | 'failed'
  verifiedDaysAgo?: number
  isProtected?: boolean
  isUnfinished?: boolean
}

/** All backups of one thing. */
export interface SimulatedGroup {
  namespace?: string
  kind: BackupKind
  id: string
  /** What each backup is noted with; Proxmox VE writes the name of the guest. */
  comment?: string
  owner?: string
  backups: readonly SimulatedBackup[]
}

/** One datastore. */
export interface SimulatedStore {
  name: string
  comment?: string
  gigabytes: number
  usedGigabytes: number
  growthGigabytesPerDay?: number
  /** How long its history is; a month when not given. */
  historyDays?: number
  maintenance?: string
  /** Why it cannot be read. */
  error?: string
  namespaces?: readonly string[]
  groups: readonly SimulatedGroup[]
  collection?: { hoursAgo?: number; state?: string; schedule?: string; garbageGigabytes?: number }
}

/** One scheduled job. */
export interface SimulatedJob {
  id: string
  store: string
  namespace?: string
  schedule?: string
  lastHoursAgo?: number
  lastState?: string
}

/** One task of the past, or one that runs. */
export interface SimulatedTask {
  type: string
  on?: string
  hoursAgo: number
  seconds?: number
  /** `OK` when not given. */
  status?: string
  isRunning?: boolean
  user?: string
  log?: readonly string[]
}

/** What a pretend server begins with. */
export interface PbsWorld {
  version?: string
  node?: string
  token?: { id: string; secret: string; roles: Readonly<Record<string, string | readonly string[]>> }
  stores: readonly SimulatedStore[]
  syncJobs?: readonly (SimulatedJob & { remote: string; remoteStore: string; removesVanished?: boolean })[]
  verifyJobs?: readonly SimulatedJob[]
  pruneJobs?: readonly (SimulatedJob & { keep: Readonly<Record<string, number>> })[]
  tasks?: readonly SimulatedTask[]
  /** What tasks of a type that are begun end with, other than well. */
  endings?: Readonly<Record<string, { status: string; log?: readonly string[] }>>
  /** Addresses of backups a verification finds to be corrupt. */
  corrupt?: readonly string[]
  /** How long a task that is begun takes, in simulated seconds; each look at it takes five of them. */
  taskSeconds?: number
}

/** Backups of every night, the newest of last night. */
export function nightly(count: number, own: Omit<SimulatedBackup, 'hoursAgo'> & { newestHoursAgo?: number } = {}): SimulatedBackup[] {
  const { newestHoursAgo = 7, ...rest } = own
  return Array.from({ length: count }, (_, index) => ({ ...rest, hoursAgo: newestHoursAgo + index * 24 }))
}

const verified = { verified: 'ok', verifiedDaysAgo: 2 } as const

/** The world of a pretend server that is given none. */
export const defaultWorld: PbsWorld = {
  stores: [
    {
      name: 'main',
      comment: 'mirror of two 8 TB disks',
      gigabytes: 8_000,
      usedGigabytes: 4_900,
      growthGigabytesPerDay: 9,
      namespaces: ['lab'],
      collection: { hoursAgo: 33, schedule: 'daily', garbageGigabytes: 42 },
      groups: [
        { kind: 'vm', id: '100', comment: 'web', backups: nightly(10, { ...verified, gigabytes: 32 }) },
        {
          kind: 'vm',
          id: '101',
          comment: 'db',
          backups: [
            ...nightly(4, { ...verified, gigabytes: 120 }),
            { hoursAgo: 103, gigabytes: 118, verified: 'failed', verifiedDaysAgo: 2 },
            { hoursAgo: 800, gigabytes: 110, ...verified, isProtected: true },
          ],
        },
        { kind: 'ct', id: '200', comment: 'dns', backups: nightly(5, { ...verified, gigabytes: 2, newestHoursAgo: 80 }) },
        { namespace: 'lab', kind: 'vm', id: '900', comment: 'playground', backups: nightly(3, { gigabytes: 16 }) },
        { kind: 'host', id: 'desk', owner: 'desk@pbs', backups: nightly(2, { ...verified, gigabytes: 210 }) },
      ],
    },
    {
      name: 'offsite',
      gigabytes: 2_000,
      usedGigabytes: 1_760,
      growthGigabytesPerDay: 12,
      collection: { hoursAgo: 12 * 24, schedule: 'sat 04:00' },
      groups: [{ kind: 'vm', id: '100', comment: 'web', backups: nightly(4, { ...verified, gigabytes: 32, newestHoursAgo: 8 }) }],
    },
  ],
  syncJobs: [
    { id: 'to-attic', store: 'offsite', remote: 'attic', remoteStore: 'main', schedule: 'daily', lastHoursAgo: 8, lastState: 'OK' },
  ],
  verifyJobs: [{ id: 'weekly', store: 'main', schedule: 'sun 01:00', lastHoursAgo: 56, lastState: 'OK' }],
  pruneJobs: [
    { id: 'thin-out', store: 'main', schedule: 'daily', lastHoursAgo: 6, lastState: 'OK', keep: { 'keep-last': 3, 'keep-daily': 7 } },
  ],
  tasks: [
    { type: 'backup', on: 'main:vm/100', hoursAgo: 7, seconds: 412, log: ['starting new backup on datastore main', 'successfully added'] },
    {
      type: 'backup',
      on: 'main:ct/200',
      hoursAgo: 8,
      seconds: 31,
      status: 'connection error: timed out',
      log: ['starting new backup on datastore main', 'TASK ERROR: connection error: timed out'],
    },
    { type: 'garbage_collection', on: 'main', hoursAgo: 33, seconds: 2_190, user: 'root@pam' },
    { type: 'syncjob', on: 'attic:main:offsite::to-attic', hoursAgo: 8, seconds: 700, status: 'WARNINGS: 1', user: 'root@pam' },
  ],
}
