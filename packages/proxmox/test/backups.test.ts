import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isReal, lacksOf, newestReal, type Archive } from '../src/backups.ts'
import { growthOf } from '../src/tools/storage.ts'
import type { Guest } from '../src/resources.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const hour = 3_600_000
const archive = (guest: number, hoursAgo: number, more: Partial<Archive> = {}): Archive => ({
  volid: `backup:${guest}-${hoursAgo}`,
  storage: 'backup',
  node: undefined,
  guest,
  at: 1_000 * hour - hoursAgo * hour,
  size: 1024 ** 3,
  note: undefined,
  isProtected: false,
  verification: undefined,
  ...more,
})
const guest = (id: number, more: Partial<Guest> = {}) => ({ id, name: `g${id}`, node: 'pve1', isTemplate: false, ...more }) as Guest
const lacking = (guests: Guest[], archives: Archive[], uncovered?: number[]) =>
  lacksOf({ guests, archives, uncovered, now: 1_000 * hour, recoveryPointMs: 26 * hour }).map(({ guest: { id }, verdict, why }) => ({
    id,
    verdict,
    why,
  }))

describe('an audit', () => {
  test('passes what has a real, recent archive elsewhere', () => {
    expect(lacking([guest(1), guest(2, { isTemplate: true })], [archive(1, 3)])).toEqual([])
  })

  test('tells what is old, missing, empty, failed its verification, lies on the same node or is in no job', () => {
    const archives = [
      archive(2, 30),
      archive(3, 1, { size: 0 }),
      archive(4, 1, { verification: 'failed' }),
      archive(5, 1, { node: 'pve1' }),
      archive(6, 1),
      archive(6, 40, { verification: 'failed' }),
    ]
    expect(
      lacking(
        [1, 2, 3, 4, 5, 6].map((id) => guest(id)),
        archives,
        [1, 6],
      ),
    ).toEqual([
      { id: 1, verdict: 'crit', why: 'no archive on its storages; no job covers it' },
      { id: 2, verdict: 'crit', why: 'newest archive is 30 h old' },
      { id: 3, verdict: 'crit', why: 'its archives are empty or failed their verification' },
      { id: 4, verdict: 'crit', why: 'its archives are empty or failed their verification' },
      { id: 5, verdict: 'warn', why: 'its archives lie on pve1, as it does: one broken machine takes both' },
      { id: 6, verdict: 'warn', why: 'backed up by hand; no job covers it' },
    ])
  })

  test('never passes a guest that has no real archive within the time, and never blames one that has', () => {
    const kinds = fc.record({
      guest: fc.integer({ min: 1, max: 6 }),
      hoursAgo: fc.integer({ min: 0, max: 60 }),
      size: fc.constantFrom(0, 1024 ** 3),
      verification: fc.constantFrom(undefined, 'ok', 'failed'),
    })
    fc.assert(
      fc.property(fc.array(kinds), (given) => {
        const archives = given.map(({ guest: of, hoursAgo, size, verification }) => archive(of, hoursAgo, { size, verification }))
        const guests = [1, 2, 3, 4, 5, 6].map((id) => guest(id))
        const lost = new Set(lacking(guests, archives).map(({ id }) => id))
        const safe = guests.filter(({ id }) =>
          archives.some((one) => one.guest === id && isReal(one) && 1_000 * hour - one.at <= 26 * hour),
        )
        expect(guests.filter(({ id }) => !lost.has(id)).map(({ id }) => id)).toEqual(safe.map(({ id }) => id))
        const newest = newestReal(archives)
        expect(
          [...newest.values()].every((one) => archives.every((other) => other.guest !== one.guest || !isReal(other) || other.at <= one.at)),
        ).toBe(true)
      }),
    )
  })

  test('of a cluster alone are named by audit_backups: what is lost, what is unsafe, and what could not be asked', async () => {
    const lab = await openLab({
      storages: { ...defaultWorld.storages, nas: { ...(defaultWorld.storages['nas'] as object), unavailable: true } as never },
    })
    const { output } = (await lab.call('audit_backups', { limit: 100 })) as {
      output: { judged: number; guests: { name: string; verdict: string; note?: string; kept?: string }[]; unanswered: string[] }
    }
    const of = (name: string) => output.guests.find((one) => one.name === name)
    expect(output.judged).toBe(46)
    expect(of('speedtest')).toMatchObject({ verdict: 'none' })
    expect(of('archive')).toMatchObject({ verdict: 'corrupt', kept: 'proxmox/backup/backup/118 (1)' })
    expect(of('k3s-2')).toMatchObject({ verdict: 'stale' })
    expect(of('notes')).toMatchObject({
      verdict: 'unsafe',
      note: 'no backup job covers it; its backups lie on proxmox/node/pve2, as it does',
    })
    expect(of('photos')).toMatchObject({ verdict: 'unsafe', note: 'scsi1 is left out of its backups' })
    expect(of('mail')).toBeUndefined()
    expect(of('debian-13-cloud')).toBeUndefined()
    expect(output.unanswered).toEqual(['proxmox@default: nas: not available'])
  })
})

describe('a backup', () => {
  test('that ends without an archive is no success', async () => {
    const lab = await openLab({
      guests: defaultWorld.guests.map((one) => (one.id === 215 ? { ...one, fails: { vzdump: 'job errors' } } : one)),
    })
    const result = await carriedOut(lab, 'backup_guest', { guest: 'wiki' })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'upstream', message: expect.stringContaining('job errors') } })
  })

  test('goes where the newest one of the guest is, and asks where that is not clear', async () => {
    const { plan } = await openCluster()
    expect((await plan('backup_guest', { guest: 'notes' })).summary).toBe('Back up notes (216) to local')
    expect((await plan('backup_guest', { guest: 'wiki' })).summary).toBe('Back up wiki (215) to backup')
    await expect(plan('backup_guest', { guest: 'cups' })).rejects.toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('nas, backup, local'),
    })
  })

  test('says what it leaves out, and what it does to the guest meanwhile', async () => {
    const { plan } = await openCluster()
    const warnings = async (input: Record<string, unknown>) => ((await plan('backup_guest', input)).warnings ?? []).join('\n')
    expect(await warnings({ guest: 'photos' })).toContain('Not in the backup: scsi1 (nas:112/vm-112-disk-1.qcow2).')
    expect(await warnings({ guest: 'jellyfin', storage: 'backup' })).toContain('Proxmox suspends it for a while instead')
    expect(await warnings({ guest: 'mail', mode: 'stop' })).toContain('It is shut down, copied and started again')
  })

  test('prunes nothing', async () => {
    const { exchanges, write, cluster } = await openCluster()
    const before = cluster.backups.map(({ volid }) => volid)
    await write('backup_guest', { guest: 'wiki', note: 'a & b = {{vmid}}' })
    const sent = new URLSearchParams(exchanges.find(({ target }) => target.endsWith('/vzdump'))?.sent)
    expect(Object.fromEntries(sent)).toEqual({
      vmid: '215',
      storage: 'backup',
      mode: 'snapshot',
      remove: '0',
      compress: 'zstd',
      'notes-template': 'Rackwarden: a & b = {vmid}}',
    })
    expect(cluster.backups.map(({ volid }) => volid)).toEqual(expect.arrayContaining(before))
  })

  test('is taken back only while nobody protects it', async () => {
    const { cluster, plan, write } = await openCluster()
    const { output } = await write('backup_guest', { guest: 'wiki' })
    const { archive: made } = output as { archive: string }
    const kept = cluster.backups.find(({ volid }) => volid === made)
    if (kept !== undefined) kept.isProtected = true
    await expect(plan('delete_created_backup', { guest: '215', node: 'pve2', archive: made })).rejects.toMatchObject({ code: 'conflict' })
    await expect(plan('delete_created_backup', { guest: '215', node: 'pve2', archive: 'backup:backup/ct/215/gone' })).rejects.toMatchObject(
      { code: 'not_found' },
    )
  })
})

test('archives of a guest that is gone are found by its number', async () => {
  const { read } = await openCluster()
  expect(await read('list_backups', { guest: '999' })).toMatchObject({
    total: 1,
    backups: [{ guest: 999, protected: true, note: 'the old mail server' }],
  })
})

test('growth is the slope of what was recorded, and nothing is made up of too little', () => {
  const day = 86_400
  const points = Array.from({ length: 30 }, (_, index) => ({ time: index * day, used: 1_000 + index * 50, total: 9_999 }))
  expect(growthOf(points)).toBeCloseTo(50)
  expect(growthOf(points.slice(0, 3))).toBeUndefined()
  expect(growthOf(points.map(({ time }) => ({ time, used: undefined, total: undefined })))).toBeUndefined()
})
