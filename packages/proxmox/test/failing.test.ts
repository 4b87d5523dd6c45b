import { expect, test } from 'vitest'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const failing = (id: number, fails: Record<string, string>) => ({
  guests: defaultWorld.guests.map((one) => (one.id === id ? { ...one, fails } : one)),
})
const worldOf = (lab: Awaited<ReturnType<typeof openLab>>) => {
  const { guests } = lab.simulation.snapshot() as { guests: { id: number; lock?: string; config: object; snapshots: string[] }[] }
  return guests.map(({ id, lock, config, snapshots }) => ({ id, lock, config, snapshots }))
}

test.each([
  ['clone_guest', { guest: 'mail', name: 'mail-2' }, 104, { qmclone: 'clone failed: out of space' }],
  ['create_guest', { from: '900', name: 'web', cores: 1 }, 900, { qmclone: 'clone failed: out of space' }],
  ['resize_disk', { guest: 'mail', disk: 'scsi0', gib: 64 }, 104, { resize: 'out of space' }],
  ['update_guest', { guest: 'mail', cores: 4, snapshot_first: true }, 104, { qmsnapshot: 'snapshot failed: out of space' }],
  ['exec_guest', { guest: 'dock1', command: ['true'], snapshot_first: true }, 102, { qmsnapshot: 'snapshot failed: out of space' }],
  ['migrate_guest', { guest: 'monitoring', node: 'pve3' }, 111, { qmigrate: 'migration aborted: out of space' }],
  ['rollback_guest', { guest: 'build', archive: 'backup:backup/vm/109/2026-06-01T01:52:00Z' }, 109, { qmrestore: 'out of space' }],
  ['delete_guest', { guest: 'build' }, 109, { qmdestroy: 'rbd error: out of space' }],
] as const)('%s whose task fails says so in its words, and leaves nothing half done', async (tool, input, id, fails) => {
  const lab = await openLab(failing(id, fails))
  const before = worldOf(lab)
  const result = await carriedOut(lab, tool, input)
  expect(result.kind).toBe('error')
  expect(result.text).toContain(Object.values(fails)[0]?.includes('out of space') === true ? 'out of space' : 'aborted')
  expect(result.text).toContain('get_task upid=')
  expect(worldOf(lab)).toEqual(before)
})

test('a snapshot that was taken first is named where what comes after it fails', async () => {
  const lab = await openLab(failing(104, { resize: 'out of space' }))
  const result = await carriedOut(lab, 'resize_disk', { guest: 'mail', disk: 'scsi0', gib: 64, snapshot_first: true })
  expect(result.kind).toBe('error')
  expect(result.text).toContain('proxmox/snapshot/104/rackwarden-1 was taken before, and stays.')
})

test('what a task warns of is neither a failure nor passed over', async () => {
  const guests = defaultWorld.guests.map((one) => (one.id === 104 ? { ...one, warns: { qmclone: 'disk is thin' } } : one))
  const lab = await openLab({ guests })
  expect(await carriedOut(lab, 'clone_guest', { guest: 'mail', name: 'mail-2' })).toMatchObject({
    kind: 'done',
    output: { warnings: ['WARN: disk is thin'] },
  })
})

test('what is asked twice at once is done once: the second finds the name taken', async () => {
  const lab = await openLab()
  const input = { from: '910', name: 'tiny' }
  const [first, second] = [await lab.call('create_guest', input), await lab.call('create_guest', input)]
  const confirmed = async (planned: typeof first) =>
    lab.call('create_guest', { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  const results = [await confirmed(first), await confirmed(second)]
  expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'error'])
  expect(results.map(({ text }) => text).join('\n')).toContain('There is a guest called tiny already')
})

test('a token that may not do it is refused by the cluster itself, by name and place', async () => {
  const rights = { '/': ['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'VM.GuestAgent.Audit', 'VM.Clone'] }
  const lab = await openLab({ tokens: { 'a@pve!b': { secret: 's'.repeat(12), rights } } })
  for (const [tool, input, privilege] of [
    ['update_guest', { guest: 'mail', cores: 4 }, 'VM.Config.CPU on /vms/104'],
    ['clone_guest', { guest: 'mail', name: 'x' }, 'VM.Allocate on /vms/100'],
    ['resize_disk', { guest: 'mail', disk: 'scsi0', gib: 64 }, 'VM.Config.Disk on /vms/104'],
    ['exec_guest', { guest: 'dock1', command: ['true'] }, 'VM.GuestAgent.Unrestricted on /vms/102'],
    ['delete_guest', { guest: 'build' }, 'VM.Allocate on /vms/109'],
  ] as const) {
    const result = await carriedOut(lab, tool, input)
    expect(result).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
    expect(result.text).toContain(privilege)
  }
  expect(await lab.call('migrate_guest', { guest: 'mail', node: 'pve1' })).toMatchObject({ error: { code: 'forbidden' } })
})

test('a node that hangs does not keep a guest elsewhere from being looked at', async () => {
  const { plan } = await openCluster({ nodes: { ...defaultWorld.nodes, pve3: { ...defaultWorld.nodes['pve3'], hangs: true } as never } })
  expect((await plan('clone_guest', { guest: 'rss', name: 'rss-2' })).summary).toContain('Clone rss (217)')
})
