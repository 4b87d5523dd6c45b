import type { Finding } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { rankFindings } from '../../src/facets/ranked-findings.ts'

const finding = (target: string, rest: Partial<Finding> = {}): Finding => ({
  id: `${target}#x`,
  severity: 'critical',
  target,
  title: `${target} is broken`,
  evidence: '',
  ...rest,
})
const rank = (...findings: Finding[]) =>
  rankFindings(findings.map((one) => ({ finding: one, next: undefined }))).map(({ finding: one, consequences }) => [
    one.target,
    ...consequences,
  ])

test('a dying disk stands before a dead host, and that before a sick container', () => {
  expect(
    rank(
      finding('docker/container/web'),
      finding('linux@nas', { stake: 'reach' }),
      finding('linux@nas/disk/sda', { stake: 'data' }),
      finding('a/b/c', { severity: 'warning', stake: 'data' }),
    ),
  ).toEqual([['linux@nas/disk/sda'], ['linux@nas'], ['docker/container/web'], ['a/b/c']])
})

test('what has a cause among the findings is folded under it, through every step', () => {
  expect(
    rank(
      finding('prometheus/target/nas', { cause: 'linux@nas', severity: 'warning' }),
      finding('prometheus/alert/down', { cause: 'prometheus/target/nas' }),
      finding('linux@nas'),
    ),
  ).toEqual([['linux@nas', 'prometheus/alert/down is broken', 'prometheus/target/nas is broken']])
})

test('what shares a cause that is no finding itself is told once', () => {
  expect(
    rank(finding('a/x/1', { cause: 'host nas' }), finding('b/y/2', { cause: 'host nas' }), finding('c/z/3', { cause: 'host atlas' })),
  ).toEqual([['a/x/1', 'b/y/2 is broken'], ['c/z/3']])
})

test('a circle of causes loses nobody', () => {
  expect(rank(finding('a/x/1', { cause: 'b/y/2' }), finding('b/y/2', { cause: 'a/x/1' })).flat()).toHaveLength(2)
  expect(rank(finding('a/x/1', { cause: 'a/x/1' }))).toEqual([['a/x/1']])
})

test('what another service says about a thing is folded under what is wrong with the thing itself', () => {
  expect(
    rank(
      finding('prometheus/alert/OutOfMemory', { about: ['immich-ml', 'cadvisor'] }),
      finding('docker@atlas/container/immich-ml', { severity: 'warning' }),
      finding('prometheus/alert/Down', { about: ['nas'] }),
      finding('linux@nas'),
      finding('linux@atlas/unit/x', { about: ['nobody'] }),
    ),
  ).toEqual([
    ['docker@atlas/container/immich-ml', 'prometheus/alert/OutOfMemory is broken'],
    ['linux@atlas/unit/x'],
    ['linux@nas', 'prometheus/alert/Down is broken'],
  ])
})

test('what two services say about one thing is folded even where its own finding tells of names, too', () => {
  const guest = finding('proxmox/guest/121', { about: ['minecraft'] })
  const group = { about: ['121'], cause: 'pbs/task/backup/ct/121' }
  expect(rank(guest, finding('pbs/group/backup:ct/121', group))).toEqual([['proxmox/guest/121', 'pbs/group/backup:ct/121 is broken']])
  expect(rank(finding('a/x/one', { about: ['two'] }), finding('b/y/two', { about: ['one'] })).flat()).toHaveLength(2)
})
