import type { PbsWorld } from '@rackwarden/pbs'

type Store = PbsWorld['stores'][number]
type Group = Store['groups'][number]

/** Four nights and two older weeks of a guest, verified but for last night's. */
function guest(kind: Group['kind'], id: string, comment: string, gigabytes: number): Group {
  const backups = [7, 31, 55, 79, 247, 415].map((hoursAgo, index) => ({
    hoursAgo,
    gigabytes,
    ...(index === 0 ? {} : { verified: 'ok' as const, verifiedDaysAgo: 1 }),
  }))
  return { kind, id, comment, owner: 'pve@pbs!lab', backups }
}

/** Where the guests of the lab are backed up, and a copy of the most important ones at a friend's house. */
export const vault: PbsWorld = {
  node: 'vault',
  stores: [
    {
      name: 'backup',
      comment: 'guests of the lab',
      gigabytes: 4_295,
      usedGigabytes: 1_761,
      growthGigabytesPerDay: 2.3,
      collection: { hoursAgo: 30, schedule: 'daily', garbageGigabytes: 9 },
      groups: [
        guest('vm', '100', 'router', 2.1),
        guest('ct', '102', 'dns1', 2.1),
        guest('ct', '103', 'dns2', 2.1),
        guest('vm', '110', 'build', 11.8),
        guest('vm', '111', 'desktop', 11.8),
        guest('vm', '112', 'lab', 11.8),
        guest('ct', '120', 'mqtt', 11.8),
        // Taken out of the nightly job while its disk was moved, and never put back.
        { ...guest('ct', '121', 'minecraft', 6), backups: [{ hoursAgo: 11 * 24, gigabytes: 6, verified: 'ok', verifiedDaysAgo: 9 }] },
      ],
    },
  ],
  syncJobs: [
    {
      id: 'from-friend',
      store: 'backup',
      remote: 'friend',
      remoteStore: 'exchange',
      schedule: 'sat 03:00',
      lastHoursAgo: 54,
      lastState: 'OK',
    },
  ],
  verifyJobs: [{ id: 'nightly', store: 'backup', schedule: '05:00', lastHoursAgo: 28, lastState: 'OK' }],
  pruneJobs: [
    {
      id: 'thin-out',
      store: 'backup',
      schedule: '04:00',
      lastHoursAgo: 5,
      lastState: 'OK',
      keep: { 'keep-last': 4, 'keep-weekly': 2 },
    },
  ],
  tasks: [
    { type: 'backup', on: 'backup:vm/100', hoursAgo: 7, seconds: 38, user: 'pve@pbs!lab' },
    { type: 'prunejob', on: 'backup', hoursAgo: 5, seconds: 3, user: 'root@pam' },
    { type: 'verificationjob', on: 'backup:nightly', hoursAgo: 28, seconds: 1_260, user: 'root@pam' },
  ],
}
