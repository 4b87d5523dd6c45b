import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isManaged, managedName } from '../src/snapshots.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const snapshotsOf = (lab: Awaited<ReturnType<typeof openLab>>, id: number) =>
  (lab.simulation.snapshot() as { guests: { id: number; snapshots: string[] }[] }).guests.find((guest) => guest.id === id)?.snapshots

describe('the name of a snapshot', () => {
  test('is what is wanted behind the prefix, or the next number', () => {
    expect(managedName([], undefined)).toBe('rackwarden-1')
    expect(managedName(['rackwarden-9', 'rackwarden-10', 'by-hand'], undefined)).toBe('rackwarden-11')
    expect(managedName([], 'before-13')).toBe('rackwarden-before-13')
    expect(managedName([], 'rackwarden-x')).toBe('rackwarden-x')
  })

  test('is one Proxmox takes, is managed, and is new where none is wanted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^(?:rackwarden-)?[a-z0-9-]{1,20}$/)),
        fc.option(fc.stringMatching(/^[a-z][a-z0-9_-]{0,28}$/)),
        (names, wanted) => {
          const name = managedName(names, wanted ?? undefined)
          expect(name).toMatch(/^[a-z][a-z0-9_-]{1,39}$/)
          expect(isManaged(name)).toBe(true)
          expect(wanted !== null || !names.includes(name)).toBe(true)
        },
      ),
    )
  })
})

test.each([
  [{ guest: 'jellyfin' }, 'mp0 mounts /mnt/media of its node'],
  [{ guest: 'legacy' }, 'scsi0 is on nas (nfs) and not in the format qcow2'],
  [{ guest: '900' }, 'it is a template'],
  [{ guest: 'media', ram: true }, 'only without RAM, for devices are passed through to it'],
  [{ guest: 'wiki', ram: true }, 'it is a container'],
  [{ guest: 'build', ram: true }, 'it is stopped'],
  [{ guest: 'paperless', name: '1st' }, 'beginning with a letter'],
  [{ guest: 'archive' }, 'is locked (backup)'],
])('a snapshot of %j is refused with the reason', async (input, why) => {
  const lab = await openLab()
  const result = await lab.call('create_snapshot', input)
  expect(result.kind).toBe('error')
  expect(result.text).toContain(why)
})

test('a guest says whether it can be snapshotted, and why not', async () => {
  const { read } = await openCluster()
  expect(await read('get_guest', { guest: 'dock1' })).toMatchObject({ snapshot_capable: true })
  expect(await read('get_guest', { guest: 'media' })).toMatchObject({
    snapshot_capable: true,
    snapshot_reason: expect.stringContaining('without RAM'),
  })
  expect(await read('get_guest', { guest: 'jellyfin' })).toMatchObject({
    snapshot_capable: false,
    snapshot_reason: expect.stringContaining('/mnt/media'),
  })
})

test('a snapshot is taken back by deleting exactly that one, and not another of its name', async () => {
  const lab = await openLab()
  const taken = await carriedOut(lab, 'create_snapshot', { guest: 'wiki', name: 'probe' })
  expect(snapshotsOf(lab, 215)).toEqual(['rackwarden-probe'])
  if (taken.kind !== 'done') throw new Error(taken.text)
  const undone = await carriedOut(lab, 'undo_change', { change: taken.change ?? '' })
  expect(undone.kind).toBe('done')
  expect(snapshotsOf(lab, 215)).toEqual([])

  const first = await carriedOut(lab, 'create_snapshot', { guest: 'wiki', name: 'probe' })
  await carriedOut(lab, 'delete_snapshot', { guest: 'wiki', snapshot: 'rackwarden-probe' })
  await carriedOut(lab, 'create_snapshot', { guest: 'wiki', name: 'probe' })
  const late = await lab.call('undo_change', { change: first.kind === 'done' ? (first.change ?? '') : '' })
  expect(late.text).toMatch(/is another one by now/)
  expect(snapshotsOf(lab, 215)).toEqual(['rackwarden-probe'])
})

test('what others made is neither rolled back to nor deleted', async () => {
  const lab = await openLab()
  for (const tool of ['rollback_snapshot', 'delete_snapshot'])
    expect(await lab.call(tool, { guest: 'git.lab.lan', snapshot: 'before-13' })).toMatchObject({ error: { code: 'protected' } })
})

test('a guest that ran runs again after a rollback, and one that rested rests', async () => {
  const lab = await openLab()
  const status = (id: number) =>
    (lab.simulation.snapshot() as { guests: { id: number; status: string }[] }).guests.find((guest) => guest.id === id)?.status
  expect(await carriedOut(lab, 'rollback_snapshot', { guest: 'paperless', snapshot: '1' })).toMatchObject({
    kind: 'done',
    output: { status: 'running' },
  })
  expect(status(205)).toBe('running')
  await carriedOut(lab, 'shutdown_guest', { guest: 'paperless' })
  expect(await carriedOut(lab, 'rollback_snapshot', { guest: 'paperless', snapshot: 'rackwarden-1' })).toMatchObject({
    output: { status: 'stopped' },
  })
  expect(status(205)).toBe('stopped')
})

test('a fourth rollback within ten minutes is refused, and possible again later', async () => {
  const { cluster, plan, write } = await openCluster()
  const again = { guest: 'paperless', snapshot: 'rackwarden-1' }
  for (let round = 0; round < 3; round += 1) await write('rollback_snapshot', again)
  await expect(plan('rollback_snapshot', again)).rejects.toMatchObject({
    code: 'rate_limited',
    message: expect.stringContaining('3 times'),
  })
  cluster.pass(11 * 60)
  expect(await plan('rollback_snapshot', again)).toMatchObject({ summary: expect.stringContaining('Roll paperless (205) back') })
})

test('what a storage refuses is told in its words', async () => {
  const lab = await openLab({
    guests: [
      {
        id: 300,
        name: 'zfs',
        kind: 'lxc',
        node: 'pve1',
        storage: 'local-zfs',
        snapshots: [
          { name: 'rackwarden-1', hoursAgo: 9 },
          { name: 'rackwarden-2', hoursAgo: 2 },
        ],
      },
    ],
  })
  const result = await carriedOut(lab, 'rollback_snapshot', { guest: 'zfs', snapshot: 'rackwarden-1' })
  expect(result).toMatchObject({ kind: 'error', error: { code: 'upstream' } })
  expect(result.text).toContain('is not most recent snapshot')
})
