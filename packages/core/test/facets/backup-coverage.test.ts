import type { Asset, BackupCopy, BackupSubject } from '@rackwarden/core'
import { array, assert, constantFrom, property, record, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { joinBackups } from '../../src/facets/backup-coverage.ts'

const now = Date.parse('2026-06-01T09:00:00Z')
const judged = { now, hours: 36 }
const lastNight = '2026-06-01T02:00:00Z'
const lastWeek = '2026-05-25T02:00:00Z'

function guest(id: string, name: string, cluster = 'home', kind: BackupSubject['kind'] = 'vm'): Asset {
  const target = `proxmox@${cluster}/guest/${id}`
  return { target, kind: 'guest', name, aliases: [], addresses: [], macs: [], backedUpAs: { kind, id, name } }
}

function copy(id: string, more: Partial<BackupCopy> & { name?: string; kind?: BackupSubject['kind'] } = {}): BackupCopy {
  const { name, kind = 'vm', ...rest } = more
  return {
    subject: { kind, id, ...(name === undefined ? {} : { name }) },
    target: `pbs/group/main:${kind}/${id}`,
    count: 3,
    newest: lastNight,
    usable: lastNight,
    verified: 'ok',
    ...rest,
  }
}

const verdicts = (assets: Asset[], copies: BackupCopy[]) =>
  joinBackups(assets, copies, judged).coverage.map(({ asset, verdict }) => `${asset.target.replace('proxmox@', '')} ${verdict}`)

test('each guest has the verdict its best backup deserves, the worst first', () => {
  const assets = ['1', '2', '3', '4', '5'].map((id) => guest(id, `guest${id}`))
  const { usable: _, verified: __, ...corrupt } = copy('2')
  const copies = [
    corrupt,
    copy('3', { newest: lastWeek, usable: lastWeek }),
    copy('4', { verified: 'never' }),
    copy('5'),
    copy('5', { target: 'pbs@away/group/main:vm/5', newest: lastWeek, usable: lastWeek }),
  ]
  expect(verdicts(assets, copies)).toEqual([
    'home/guest/1 none',
    'home/guest/2 corrupt',
    'home/guest/3 stale',
    'home/guest/4 unverified',
    'home/guest/5 ok',
  ])
})

test('any fresh verified copy is enough, and where a keeper tells no verification none is missed', () => {
  const told = copy('1', { target: 'pbs/group/a', verified: 'never' })
  expect(verdicts([guest('1', 'web')], [told])).toEqual(['home/guest/1 unverified'])
  expect(verdicts([guest('1', 'web')], [told, copy('1', { target: 'pbs/group/b' })])).toEqual(['home/guest/1 ok'])
  const { verified: _, ...untold } = copy('1')
  expect(verdicts([guest('1', 'web')], [untold])).toEqual(['home/guest/1 ok'])
})

test('the age of a backup is held to the clock of its keeper', () => {
  const behind = copy('1', { newest: lastWeek, usable: lastWeek, toldAt: '2026-05-25T09:00:00Z' })
  expect(verdicts([guest('1', 'web')], [behind])).toEqual(['home/guest/1 ok'])
  expect(verdicts([guest('1', 'web')], [copy('1', { toldAt: '2026-06-03T09:00:00Z' })])).toEqual(['home/guest/1 stale'])
})

test('where two clusters have one number the name decides, and what has none is nobody’s', () => {
  const assets = [guest('100', 'web', 'home'), guest('100', 'mail', 'work')]
  expect(verdicts(assets, [copy('100', { name: 'web' })])).toEqual(['work/guest/100 none', 'home/guest/100 ok'])
  expect(verdicts(assets, [copy('100')])).toEqual(['home/guest/100 ambiguous', 'work/guest/100 ambiguous'])
  expect(joinBackups(assets, [copy('100')], judged).orphans).toEqual([])
})

test('a container and a machine of one number are two things', () => {
  expect(verdicts([guest('100', 'web'), guest('100', 'dns', 'home', 'ct')], [copy('100', { kind: 'ct' })])).toEqual([
    'home/guest/100 none',
    'home/guest/100 ok',
  ])
})

test('backups of another name are counted where the number is alone, and told', () => {
  const { coverage } = joinBackups([guest('100', 'web')], [copy('100', { name: 'old-web' })], judged)
  expect(coverage).toMatchObject([{ verdict: 'ok', knownAs: 'old-web' }])
})

test('backups of no guest are orphans, those of hosts excepted; without any guest nothing is one', () => {
  const copies = [copy('100'), copy('999'), copy('desk', { kind: 'host' })]
  expect(joinBackups([guest('100', 'web')], copies, judged).orphans.map(({ subject }) => subject.id)).toEqual(['999'])
  expect(joinBackups([], copies, judged).orphans).toEqual([])
})

test('every guest is judged once, and no copy is both somebody’s and an orphan', () => {
  const id = constantFrom('1', '2', '3')
  const name = constantFrom('a', 'b', undefined)
  const guests = uniqueArray(record({ id, name: constantFrom('a', 'b'), cluster: constantFrom('x', 'y') }), {
    selector: ({ id: own, cluster }) => `${cluster}/${own}`,
  })
  const copies = array(record({ id, name, usable: constantFrom(lastNight, lastWeek) }))
  assert(
    property(guests, copies, (given, kept) => {
      const assets = given.map((one) => guest(one.id, one.name, one.cluster))
      const all = kept.map(({ id: own, name: noted, usable }) => copy(own, { usable, ...(noted === undefined ? {} : { name: noted }) }))
      const { coverage, orphans } = joinBackups(assets, all, judged)
      expect(coverage.map(({ asset }) => asset.target).toSorted()).toEqual(assets.map(({ target }) => target).toSorted())
      const owned = coverage.flatMap(({ copies: own }) => own)
      expect(orphans.some((orphan) => owned.includes(orphan))).toBe(false)
      // Nobody is well on a copy that is somebody else's by name.
      const shared = coverage.filter(({ asset }) => assets.filter((one) => one.backedUpAs?.id === asset.backedUpAs?.id).length > 1)
      expect(shared.flatMap(({ asset, copies: own }) => own.filter(({ subject }) => subject.name !== asset.name))).toEqual([])
    }),
  )
})

test('a fresh backup is unsafe that leaves something out, or that only the machine has it runs on', () => {
  const beside = { ...guest('1', 'web'), parent: 'proxmox/node/a' }
  const { coverage } = joinBackups([beside], [copy('1', { liesOn: 'proxmox/node/a' })], judged)
  expect(coverage).toMatchObject([{ verdict: 'unsafe', gaps: ['its backups lie on proxmox/node/a, as it does'] }])
  expect(verdicts([beside], [copy('1', { liesOn: 'proxmox/node/a' }), copy('1')])).toEqual(['home/guest/1 ok'])
  expect(verdicts([beside], [copy('1', { liesOn: 'proxmox/node/b' })])).toEqual(['home/guest/1 ok'])
  const partly = { ...guest('1', 'web'), backedUpAs: { kind: 'vm' as const, id: '1', gaps: ['mp0 is left out'] } }
  expect(verdicts([partly], [copy('1')])).toEqual(['home/guest/1 unsafe'])
  expect(verdicts([partly], [copy('1', { usable: lastWeek })])).toEqual(['home/guest/1 stale'])
})
