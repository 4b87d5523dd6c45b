import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { deleteAll } from '../src/deletion.ts'
import pbs, { type PbsWorld } from '../src/index.ts'
import { defaultWorld, nightly } from '../src/simulation/world.ts'
import { openServer, tokenWith } from './server.ts'

async function labOf(own: Partial<PbsWorld> = {}): Promise<SimulatedLab> {
  const lab = await openSimulatedLab(pbs, { world: { ...defaultWorld, ...own } })
  onTestFinished(() => lab.close())
  return lab
}

async function confirmed(lab: SimulatedLab, name: string, input: Record<string, unknown>) {
  const planned = await lab.call(name, input)
  if (planned.kind !== 'plan') throw new Error(planned.text)
  return lab.call(name, { ...input, confirm: planned.plan.confirm })
}

const store = (groups: PbsWorld['stores'][number]['groups']) => [{ name: 'main', gigabytes: 1_000, usedGigabytes: 500, groups }]

interface Snapshot {
  stores: { name: string; backups: { address: string }[] }[]
}

const addresses = (lab: SimulatedLab) =>
  (lab.simulation.snapshot() as Snapshot).stores.flatMap(({ backups }) => backups.map(({ address }) => address))

test('a prune takes exactly what its plan lists, and leaves what is protected', async () => {
  const lab = await labOf()
  const input = { scope: 'main', keep_last: 2 }
  const planned = await lab.call('prune_backups', input)
  if (planned.kind !== 'plan') throw new Error(planned.text)
  const before = addresses(lab)
  await lab.call('prune_backups', { ...input, confirm: planned.plan.confirm })
  const gone = before.filter((address) => !addresses(lab).includes(address)).map((address) => `pbs/backup/${address}`)
  expect(gone.toSorted()).toEqual([...planned.plan.targets].toSorted())
  expect(gone).toHaveLength(8 + 3 + 3 + 1)
  expect(addresses(lab)).toContain('main:vm/101/2026-04-29T01:00:00Z')
  expect(addresses(lab).filter((address) => address.startsWith('offsite'))).toHaveLength(4)
})

test('a prune leaves what the server’s own prune would leave', async () => {
  const { client, signal, simulation, write } = await openServer()
  const rules = { 'keep-last': 1, 'keep-weekly': 2 }
  const told = await client.previewPrune({ store: 'main', namespace: '', kind: 'vm', id: '100' }, rules, signal)
  await write('prune_backups', { scope: 'main:vm/100', keep_last: 1, keep_weekly: 2 })
  const left = (simulation.snapshot() as { stores: { backups: { id: string; kind: string; time: number }[] }[] }).stores[0]?.backups
  expect(left?.filter(({ id, kind }) => kind === 'vm' && id === '100').map(({ time }) => time)).toEqual(
    told.filter(({ keep }) => keep).map((one) => one['backup-time']),
  )
})

test('what changes between plan and confirmation voids the plan, and nothing is deleted', async () => {
  const lab = await labOf({ corrupt: [] })
  const planned = await lab.call('prune_backups', { scope: 'main:vm/100', keep_last: 2 })
  if (planned.kind !== 'plan') throw new Error(planned.text)
  await confirmed(lab, 'protect_backup', { backup: 'main:vm/100/2026-05-25T02:00:00Z' })
  const before = addresses(lab)
  const again = await lab.call('prune_backups', { scope: 'main:vm/100', keep_last: 2, confirm: planned.plan.confirm })
  expect(again.kind).toBe('plan')
  expect(addresses(lab)).toEqual(before)
})

test('a plan warns where what stays is worse than what goes', async () => {
  const groups = [
    {
      kind: 'vm' as const,
      id: '1',
      backups: [
        { hoursAgo: 5, verified: 'failed' as const },
        { hoursAgo: 30, verified: 'ok' as const },
      ],
    },
  ]
  const lab = await labOf({ stores: store(groups), tasks: [] })
  const plan = await lab.call('prune_backups', { scope: 'main', keep_last: 1 })
  expect(plan.text).toContain('What stays of main:vm/1 is not verified, or corrupt')
  const all = await lab.call('delete_backup', { backup: 'main:vm/1' })
  expect(all.text).toContain('No whole backup of main:vm/1 stays; 1 of those that go is verified.')
  const newest = await lab.call('delete_backup', { backup: 'main:vm/1/2026-06-01T04:00:00Z' })
  expect(newest.text).toContain('It is the newest of its group.')
})

test('a plan nobody could read is not made', async () => {
  const groups = Array.from({ length: 3 }, (_, index) => ({ kind: 'ct' as const, id: String(index), backups: nightly(200) }))
  const lab = await labOf({ stores: store(groups) })
  expect(await lab.call('prune_backups', { scope: 'main', keep_last: 1 })).toMatchObject({
    kind: 'error',
    error: { code: 'invalid_input', message: expect.stringContaining('597 backups would go') },
  })
  expect((await lab.call('prune_backups', { scope: 'main:ct/1', keep_last: 1 })).kind).toBe('plan')
})

test('what is held or gone by the time it would be deleted is left or passed over, and told', async () => {
  const server = await openServer()
  const backup = { store: 'main', namespace: '', kind: 'vm' as const, id: '100', time: 1_780_279_200 }
  await server.client.protect(backup, true, server.signal)
  const touched: string[] = []
  const outcome = await deleteAll([backup, { ...backup, time: 1_780_279_201 }], {
    client: server.client,
    instance: 'attic',
    signal: server.signal,
    touch: (...targets) => void touched.push(...targets),
    progress: () => undefined,
  })
  expect(outcome).toEqual({
    deleted: [],
    goneBefore: ['main:vm/100/2026-06-01T02:00:01Z'],
    left: [{ backup: 'main:vm/100/2026-06-01T02:00:00Z', why: expect.stringContaining('protected') }],
  })
  expect(touched).toEqual(['pbs@attic/backup/main:vm/100/2026-06-01T02:00:00Z', 'pbs@attic/backup/main:vm/100/2026-06-01T02:00:01Z'])
})

test('a protected backup is refused, alone and within its group, with the call that lifts it', async () => {
  const lab = await labOf()
  for (const backup of ['main:vm/101', 'main:vm/101/2026-04-29T01:00:00Z']) {
    const refused = await lab.call('delete_backup', { backup })
    expect(refused).toMatchObject({ kind: 'error', error: { code: 'conflict' } })
    expect(refused.text).toContain('protect_backup backup=main:vm/101/2026-04-29T01:00:00Z protected=false')
  }
})

test('a protection that is there already is nothing to do', async () => {
  const lab = await labOf()
  const answer = await lab.call('protect_backup', { backup: 'main:vm/101/2026-04-29T01:00:00Z' })
  expect(answer).toMatchObject({ kind: 'done' })
  expect(answer.text).toContain('protected already')
})

test('a verification that finds corruption is done, and names it', async () => {
  const corrupt = 'main:lab/vm/900/2026-05-31T02:00:00Z'
  const lab = await labOf({ corrupt: [corrupt] })
  const done = await confirmed(lab, 'run_verify', { scope: 'main:lab' })
  expect(done).toMatchObject({ kind: 'done', output: { result: 'corrupt', verified: 2, corrupt: [corrupt] } })
  expect((await lab.call('needs_attention')).text).toContain('1 of 3 backups of main:lab/vm/900 is corrupt')
})

test('a task that fails is an error with the end of its log, and one that warns is done and says so', async () => {
  const log = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`)
  const failing = await labOf({ endings: { garbage_collection: { status: 'disk quota exceeded', log } } })
  const failed = await confirmed(failing, 'run_garbage_collection', { datastore: 'main' })
  expect(failed).toMatchObject({ kind: 'error', error: { code: 'upstream' } })
  expect(failed.text).toContain('The garbage collection failed: disk quota exceeded')
  expect(failed.text).toMatch(/line 39\n\s+line 40\n\s+TASK ERROR: disk quota exceeded/)
  expect(failed.text).not.toContain('line 20')
  const warning = await labOf({ endings: { syncjob: { status: 'WARNINGS: 2', log: ['WARN: skipped vm/100', 'done'] } } })
  const warned = await confirmed(warning, 'run_sync', { job: 'to-attic' })
  expect(warned).toMatchObject({ kind: 'done', output: { result: 'warnings', warnings: ['WARN: skipped vm/100'] } })
})

test('what runs already is a conflict', async () => {
  const lab = await labOf({ tasks: [{ type: 'garbage_collection', on: 'main', hoursAgo: 1, isRunning: true }] })
  const answer = await confirmed(lab, 'run_garbage_collection', { datastore: 'main' })
  expect(answer).toMatchObject({ kind: 'error', error: { code: 'conflict', message: expect.stringContaining('already running') } })
})

test('a token that may only look sees everything and changes nothing', async () => {
  const lab = await labOf({ token: tokenWith({ '/': 'Audit' }) })
  expect((await lab.call('list_backups')).kind).toBe('done')
  const planned = await lab.call('protect_backup', { backup: 'main:vm/100/2026-06-01T02:00:00Z' })
  if (planned.kind !== 'plan') throw new Error(planned.text)
  const refused = await lab.call('protect_backup', { backup: 'main:vm/100/2026-06-01T02:00:00Z', confirm: planned.plan.confirm })
  expect(refused).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
  expect(refused.text).toContain('DatastoreAdmin')
})

test('a token that sees a part is told what it does not see', async () => {
  const part = await labOf({ token: tokenWith({ '/datastore/main': 'DatastoreReader' }) })
  const status = await part.call('get_status')
  expect(status.text).toContain('It has Datastore.Audit on /datastore/main alone')
  expect(status.text).toContain('of tasks it sees its own alone')
  expect((await part.call('list_datastores')).text).not.toContain('offsite')
  const none = await labOf({ token: tokenWith({}) })
  expect((await none.call('service_health')).text).toMatch(/degraded[^]*lacks Datastore\.Audit/)
  expect((await none.call('list_backups')).text).toContain('none')
})

test('the roles the README gives for looking hide nothing', async () => {
  const lab = await labOf({ token: tokenWith({ '/': 'Audit', '/remote': 'RemoteAudit' }) })
  expect((await lab.call('get_status')).text).not.toContain('hidden')
  expect((await lab.call('list_jobs')).text).toContain('to-attic')
  const alone = await labOf({ token: tokenWith({ '/': 'Audit' }) })
  expect((await alone.call('get_status')).text).toContain('It lacks Remote.Audit on /remote')
  expect((await alone.call('list_jobs')).text).not.toContain('to-attic')
})

test('of backups a token does not own it sees none with Datastore.Backup alone', async () => {
  const token = tokenWith({ '/datastore': 'DatastoreBackup' }, 'desk@pbs!laptop')
  const groups = [
    { kind: 'host' as const, id: 'laptop', owner: 'desk@pbs!laptop', backups: nightly(1) },
    { kind: 'vm' as const, id: '1', backups: nightly(1) },
  ]
  const lab = await labOf({ token, stores: store(groups) })
  const { text } = await lab.call('list_backups')
  expect(text).toContain('host/laptop')
  expect(text).not.toContain('vm/1')
})

test('a datastore that is offline hides itself, not the others, and what is to be deleted is seen whole', async () => {
  const [main, offsite] = defaultWorld.stores
  const lab = await labOf({ stores: [main!, { ...offsite!, maintenance: 'type=offline,message=moving' }] })
  const backups = await lab.call('list_backups')
  expect(backups.text).toContain('main:vm/100')
  expect(backups.text).toContain('offsite: Proxmox Backup Server refused')
  expect((await lab.call('list_datastores')).text).toContain('maintenance: offline (moving)')
  expect(await lab.call('prune_backups', { scope: 'offsite', keep_last: 1 })).toMatchObject({ kind: 'error', error: { code: 'conflict' } })
})

test('slips in names are answered with the nearest', async () => {
  const lab = await labOf()
  expect((await lab.call('list_backups', { scope: 'mian' })).text).toContain('Is it main')
  expect((await lab.call('audit_freshness', { scope: 'main:labb' })).text).toContain('Is it lab')
  expect((await lab.call('delete_backup', { backup: 'main:vm/10' })).text).toContain('main:vm/100')
  expect((await lab.call('protect_backup', { backup: 'main:vm/100/2026-06-01T02:00:01Z' })).text).toContain(
    'main:vm/100/2026-06-01T02:00:00Z',
  )
  expect((await lab.call('run_sync', { job: 'to-atic' })).text).toContain('to-attic')
})

test('the days until full are those of the server’s own estimate', async () => {
  const { client, read, exchanges } = await openServer()
  const { datastores } = (await read('list_datastores')) as { datastores: { datastore: string; full_in_days?: number }[] }
  const told = exchanges.find(({ target }) => target.endsWith('/status/datastore-usage'))?.body ?? ''
  const { data } = JSON.parse(told) as { data: { store: string; 'estimated-full-date': number }[] }
  const estimated = data.map((one) => [one.store, Math.floor((one['estimated-full-date'] - client.now() / 1_000) / 86_400)])
  expect(datastores.map((one) => [one.datastore, one.full_in_days])).toEqual(estimated)
  expect(estimated).toEqual([
    ['main', 345],
    ['offsite', 20],
  ])
})
