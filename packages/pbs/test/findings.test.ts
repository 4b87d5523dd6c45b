import type { Connection } from '@rackwarden/core'
import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import pbs, { type PbsWorld } from '../src/index.ts'
import simulate from '../src/simulate.ts'
import { defaultWorld, nightly } from '../src/simulation/world.ts'
import { openServer, tokenWith } from './server.ts'

type Store = PbsWorld['stores'][number]

const verified = { verified: 'ok', verifiedDaysAgo: 2 } as const
const well: Store = {
  name: 'main',
  gigabytes: 1_000,
  usedGigabytes: 500,
  growthGigabytesPerDay: 1,
  collection: { hoursAgo: 20, schedule: 'daily' },
  groups: [{ kind: 'vm', id: '1', backups: nightly(3, verified) }],
}

/** Findings of a world that is well but for what is given. */
async function found(
  { store = {}, ...own }: Partial<PbsWorld> & { store?: Partial<Store> } = {},
  configuration: Record<string, unknown> = {},
) {
  const { findings } = await openServer(
    { stores: [{ ...well, ...store }], syncJobs: [], verifyJobs: [], pruneJobs: [], tasks: [], ...own },
    configuration,
  )
  return (await findings()).map(({ id, severity, title, evidence, next }) => ({
    id: id.replace('pbs/', ''),
    severity,
    text: `${title}: ${evidence}`,
    next: next?.tool,
  }))
}

test('a server that is well needs no attention', async () => {
  expect(await found()).toEqual([])
})

test('a datastore past 85 % is a warning, past 95 % critical, and at 85 % nothing', async () => {
  const at = async (usedGigabytes: number) =>
    (await found({ store: { usedGigabytes, growthGigabytesPerDay: 0 } })).map(({ severity }) => severity)
  expect(await at(850)).toEqual([])
  expect(await at(860)).toEqual(['warning'])
  expect(await at(960)).toEqual(['critical'])
})

test('a datastore that will be full in a month is told before it is', async () => {
  const [soon] = await found({ store: { usedGigabytes: 700, growthGigabytesPerDay: 15 } })
  expect(soon).toMatchObject({ id: 'datastore/main#space', severity: 'warning', text: expect.stringContaining('will be full in') })
  expect(await found({ store: { usedGigabytes: 700, growthGigabytesPerDay: 5 } })).toEqual([])
})

test('a datastore that cannot be read is critical, and one in maintenance is as somebody wants it', async () => {
  expect(await found({ store: { error: 'unable to open chunk store' } })).toContainEqual(
    expect.objectContaining({
      id: 'datastore/main#state',
      severity: 'critical',
      text: expect.stringContaining('unable to open chunk store'),
    }),
  )
  expect(await found({ store: { maintenance: 'type=offline' } })).toContainEqual(
    expect.objectContaining({ id: 'datastore/main#state', severity: 'notice' }),
  )
})

test('garbage that nobody collects for a week is told, whether never, late, or in error', async () => {
  expect(await found({ store: { collection: { hoursAgo: 7 * 24 + 1 } } })).toEqual([])
  expect(await found({ store: { collection: { hoursAgo: 9 * 24 } } })).toMatchObject([
    { next: 'run_garbage_collection', text: expect.stringContaining('9 days') },
  ])
  expect(await found({ store: { collection: {} } })).toMatchObject([{ text: expect.stringContaining('never collected') }])
  expect(await found({ store: { collection: { hoursAgo: 5, state: 'out of space' } } })).toMatchObject([
    { text: expect.stringContaining('out of space') },
  ])
})

test('a group past the hours allowed is a warning, and what had none for a month is a notice about something gone', async () => {
  const groups = (newestHoursAgo: number): Partial<Store> => ({
    groups: [{ kind: 'vm', id: '1', backups: nightly(2, { ...verified, newestHoursAgo }) }],
  })
  expect(await found({ store: groups(36) })).toEqual([])
  expect(await found({ store: groups(37) })).toMatchObject([{ id: 'group/main:vm/1#fresh', severity: 'warning' }])
  expect(await found({ store: groups(37) }, { rpoHours: 48 })).toEqual([])
  const gone = await found({
    store: { groups: [{ kind: 'vm', id: '1', backups: nightly(1, { verified: 'ok', verifiedDaysAgo: 2, newestHoursAgo: 24 * 90 }) }] },
  })
  expect(gone).toMatchObject([{ severity: 'notice', text: expect.stringContaining('gone for good') }])
})

test('a backup that is being written is none yet', async () => {
  const backups = [{ hoursAgo: 1, isUnfinished: true }, ...nightly(1, { ...verified, newestHoursAgo: 50 })]
  expect(await found({ store: { groups: [{ kind: 'vm', id: '1', backups }] } })).toMatchObject([
    { id: 'group/main:vm/1#fresh', severity: 'warning' },
  ])
  const never = await found({ store: { groups: [{ kind: 'vm', id: '1', backups: [{ hoursAgo: 50, isUnfinished: true }] }] } })
  expect(never).toMatchObject([{ text: expect.stringContaining('ever finished') }])
})

test('a corrupt backup is a warning, and critical where it is the newest', async () => {
  const [first, ...rest] = nightly(3, verified)
  const old = [first!, { ...rest[0]!, verified: 'failed' as const }, rest[1]!]
  expect(await found({ store: { groups: [{ kind: 'vm', id: '1', backups: old }] } })).toMatchObject([
    { id: 'group/main:vm/1#corrupt', severity: 'warning' },
  ])
  const newest = [{ ...first!, verified: 'failed' as const }, ...rest]
  expect(await found({ store: { groups: [{ kind: 'vm', id: '1', backups: newest }] } })).toMatchObject([{ severity: 'critical' }])
})

test('a namespace where nothing was verified for a month is told once, with the verification to run', async () => {
  const outdated = { verified: 'ok', verifiedDaysAgo: 31, newestHoursAgo: 24 * 32 } as const
  const groups: Store['groups'] = [
    { namespace: 'lab', kind: 'vm', id: '8', backups: nightly(2) },
    { namespace: 'lab', kind: 'vm', id: '9', backups: [...nightly(1), ...nightly(1, outdated)] },
    ...well.groups,
  ]
  expect(await found({ store: { groups, namespaces: ['lab'] } })).toEqual([
    {
      id: 'backups/main:lab#verified',
      severity: 'notice',
      text: '2 of 2 groups in main:lab have no backup verified in 30 days: 0 of 4 backups there are',
      next: 'run_verify',
    },
  ])
})

test('a job whose last run failed is told once, and not again as a task', async () => {
  const job = { id: 'offsite', store: 'main', remote: 'attic', remoteStore: 'main', lastHoursAgo: 3, lastState: 'connection refused' }
  expect(await found({ syncJobs: [job] })).toMatchObject([
    { id: 'sync-job/offsite#failed', next: 'get_task', text: expect.stringContaining('connection refused') },
  ])
  expect(await found({ syncJobs: [{ ...job, lastState: 'WARNINGS: 4' }] })).toEqual([])
})

test('a task of the last day that failed is told with how often; an older one, and one that was done since, is not', async () => {
  const failing = { type: 'verificationjob', on: 'main:weekly', seconds: 5, status: 'broken' }
  expect(
    await found({
      tasks: [
        { ...failing, hoursAgo: 3 },
        { ...failing, hoursAgo: 9 },
      ],
    }),
  ).toMatchObject([{ id: 'task/verificationjob/main:weekly#failed', text: 'verificationjob of main:weekly failed 2 times: broken' }])
  expect(await found({ tasks: [{ ...failing, hoursAgo: 25 }] })).toEqual([])
  expect(
    await found({
      tasks: [
        { ...failing, hoursAgo: 3 },
        { ...failing, hoursAgo: 2, status: 'OK' },
      ],
    }),
  ).toEqual([])
})

test('that a backup failed is why its group is not fresh, and told as one thing', async () => {
  const lab = await openSimulatedLab(pbs)
  onTestFinished(() => lab.close())
  const { text } = await lab.call('needs_attention')
  expect(text).toMatch(/backup of main:ct\/200 failed[^]*hence: main:ct\/200 has no fresh backup/)
})

test('its rights are those of the token, from looking to deleting, and warned of at the first use', async () => {
  expect(pbs.warnsOfRights).toBe(true)
  const of = async (roles: Record<string, string>) => {
    const { client, signal } = await openServer({ token: tokenWith(roles) })
    return pbs.rights?.(client, { instance: 'default', signal })
  }
  expect(await of({ '/': 'Audit' })).toMatchObject({ highest: 'observe' })
  expect(await of({ '/datastore': 'DatastoreReader' })).toEqual({ highest: 'operate', evidence: 'Datastore.Verify on /datastore' })
  expect(await of({ '/datastore/main': 'DatastoreBackup' })).toMatchObject({ highest: 'operate' })
  expect(await of({ '/datastore/main': 'DatastorePowerUser' })).toMatchObject({ highest: 'admin' })
  expect(await of({ '/': 'Admin' })).toMatchObject({ highest: 'admin' })
  expect(await of({})).toMatchObject({ highest: 'observe', evidence: expect.stringContaining('every list is empty') })
})

test('the server and its datastores are assets, and every group is told as backups of one thing', async () => {
  const { assets, census, client, signal } = await openServer()
  expect(await assets()).toMatchObject([
    { target: 'pbs/server/pbs.simulated', aliases: ['pbs'] },
    { target: 'pbs/datastore/main', parent: 'pbs/server/pbs.simulated' },
    { target: 'pbs/datastore/offsite' },
  ])
  expect((await census()).map(({ name, state }) => [name, state])).toEqual([
    ['main', 'ok'],
    ['offsite', 'ok'],
  ])
  const { copies } = (await pbs.backups?.(client, { instance: 'away', signal })) ?? { copies: [] }
  expect(copies).toHaveLength(6)
  expect(copies).toContainEqual({
    subject: { kind: 'vm', id: '101', name: 'db' },
    target: 'pbs@away/group/main:vm/101',
    count: 6,
    toldAt: '2026-06-01T09:00:00.000Z',
    newest: '2026-06-01T02:00:00Z',
    usable: '2026-06-01T02:00:00Z',
    verified: 'ok',
  })
})

test('health counts what it saw, and is degraded where a datastore cannot be read', async () => {
  expect((await (await openServer()).health()).evidence).toBe('2 datastores, main 61 % full, offsite 88 % full')
  const { health } = await openServer({ stores: [{ ...defaultWorld.stores[0]!, error: 'no disk' }] })
  expect(await health()).toMatchObject({ degraded: true, evidence: expect.stringContaining('main: error: no disk') })
})

test('a list that takes the server long is not waited for, and that is told', async () => {
  const simulation = await simulate(defaultWorld)
  const { connection } = simulation
  const fetch: Connection['fetch'] = async (target, options) => {
    if (!target.includes('/snapshots')) return connection!.fetch(target, options)
    return new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  }
  const client = await pbs.connect(simulation.config, { ...connection!, fetch })
  const told = await pbs.findings?.(client, { instance: 'default', signal: new AbortController().signal })
  expect(told?.map(({ id }) => id)).toContain('pbs/backups/all#verified')
  expect(told?.map(({ id }) => id)).toContain('pbs/group/main:ct/200#fresh')
})

test('a release that does not tell of garbage and of directions hides nothing else', async () => {
  const { read, findings } = await openServer({ version: '3.1' })
  const { datastores } = (await read('list_datastores')) as { datastores: { garbage_collection: string }[] }
  expect(datastores[0]).toMatchObject({ datastore: 'main', used_percent: 61, garbage_collection: 'not told' })
  expect(((await read('list_jobs')) as { jobs: { id: string }[] }).jobs.map(({ id }) => id)).toEqual(['to-attic', 'weekly', 'thin-out'])
  expect((await findings()).map(({ id }) => id)).toContain('pbs/group/main:vm/101#corrupt')
})
