import { readFileSync } from 'node:fs'
import { assert, dictionary, integer, json, oneof, property, string, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import { journalOf } from '../src/journal.ts'
import { mdPools } from '../src/mdstat.ts'
import { networkOf, interfacesOf } from '../src/network.ts'
import { poolsOf } from '../src/pools.ts'
import { parseSections, type Sections } from '../src/sections.ts'
import { printSections } from '../src/simulation/printed.ts'
import { smartOf } from '../src/smart.ts'
import { rebootOf, updatesOf } from '../src/updates.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
const mark = '::mark'

function sectionsOf(printed: Record<string, string>): Sections {
  const sections = parseSections(printSections(mark, printed), mark)
  if (sections === undefined) throw new Error('they came to no end')
  return sections
}

test('sections hold whatever a host prints, except the mark of this very call', () => {
  const text = string({ unit: 'binary' }).filter((found) => !found.includes(mark))
  const name = stringMatching(/^[a-z]+(:[a-z/]+)?$/).filter((found) => found !== 'end' && found !== '__proto__')
  assert(
    property(dictionary(name, text, { noNullPrototype: true }), (printed) => {
      const sections = sectionsOf(printed)
      for (const [key, value] of Object.entries(printed)) expect(sections.text(key)).toBe(value)
    }),
  )
})

test('an answer that was cut off is none', () => {
  const whole = printSections(mark, { 'system:name': 'nas\n', 'system:load': '1 2 3' })
  assert(
    property(integer({ min: 0, max: whole.lastIndexOf(`${mark} end`) + mark.length }), (length) => {
      expect(parseSections(whole.slice(0, length), mark)).toBeUndefined()
    }),
  )
  expect(parseSections('Welcome!\n' + whole, mark)?.text('system:load')).toBe('1 2 3')
})

test('a failing SATA disk is told by its own verdict and by what speaks against it', () => {
  expect(smartOf(fixture('smart-sata-failing.json'))).toMatchObject({
    verdict: 'crit',
    evidence:
      'it judges itself failing, Reallocated_Sector_Ct is below its threshold, 16 sectors pending, 12 sectors uncorrectable, 2004 sectors reallocated',
    model: 'WDC WD40EFRX-68N32N0',
    kind: 'hdd',
    reallocated: 2004,
    celsius: 38,
    hours: 43_817,
  })
})

test('a well NVMe disk is well, and its wear is known', () => {
  expect(smartOf(fixture('smart-nvme.json'))).toMatchObject({ verdict: 'ok', wearPercent: 3, mediaErrors: 0, kind: 'nvme', hours: 9_210 })
})

test('a disk nobody may ask, one that sleeps, and one without SMART are unknown, with the reason', () => {
  expect(smartOf(fixture('smart-denied.json'))).toMatchObject({ verdict: 'unknown', evidence: 'only root may ask it: set sudo' })
  expect(smartOf('{"smartctl":{"exit_status":2,"messages":[{"string":"Device is in STANDBY mode, exit(2)"}]}}')).toMatchObject({
    verdict: 'unknown',
    evidence: 'it sleeps, and was not woken',
  })
  expect(smartOf('smartctl 6.6: unrecognized option --json')).toMatchObject({
    verdict: 'unknown',
    evidence: expect.stringContaining('7.0'),
  })
})

test('whatever smartctl prints, there is a verdict', () => {
  assert(property(oneof(json(), string()), (text) => ['ok', 'warn', 'crit', 'unknown'].includes(smartOf(text).verdict)))
})

test('a degraded ZFS pool names the disk that is out of it', () => {
  const pools = poolsOf(
    sectionsOf({
      'pools:now': String(Date.parse('2026-06-20T00:00:00Z') / 1000),
      'pools:zfs:list': 'tank\t15994458210304\t11206545768448\t70\t12\tDEGRADED\nrpool\t248034361344\t32212254720\t13\t4\tONLINE\n',
      'pools:zfs:status': fixture('zpool-status-degraded.txt'),
    }),
  )
  expect(pools).toMatchObject([
    {
      name: 'tank',
      verdict: 'crit',
      health: 'DEGRADED',
      usedPercent: 70,
      errors: 3,
      scrubDays: 12,
      evidence: expect.stringContaining('ata-WDC_WD40EFRX-68N32N0_WD-WCC7K0AB12CD FAULTED 3 errors too many errors'),
    },
    { name: 'rpool', verdict: 'ok', errors: 0 },
  ])
})

test('MD arrays are clean, degraded or rebuilding', () => {
  expect(mdPools(fixture('mdstat-degraded.txt'))).toMatchObject([
    { name: 'md0', verdict: 'ok', health: 'clean' },
    { name: 'md1', verdict: 'crit', health: 'degraded', evidence: 'raid5 degraded; 2 of 3 disks work; failed: sdd1' },
    { name: 'md2', verdict: 'crit', health: 'rebuilding', evidence: 'raid1 rebuilding; 1 of 2 disks work; recovery at 37.2%' },
  ])
  expect(mdPools('Personalities : \nunused devices: <none>\n')).toEqual([])
})

test('Btrfs counts its errors by device, and knows its last scrub', () => {
  const pools = poolsOf(
    sectionsOf({
      'pools:now': String(Date.parse('2026-06-20T12:00:00Z') / 1000),
      'pools:btrfs:stats:/srv/my\\040data': fixture('btrfs-stats.txt'),
      'pools:btrfs:scrub:/srv/my\\040data': fixture('btrfs-scrub.txt'),
    }),
  )
  expect(pools).toMatchObject([
    { name: '/srv/my data', verdict: 'warn', errors: 7, scrubDays: 5, evidence: expect.stringContaining('/dev/sdb 7 corruption errs') },
  ])
})

test('updates of four package managers are read, security first', () => {
  const waiting = (printed: Record<string, string>) => updatesOf(sectionsOf({ 'updates:now': '1000000', ...printed }))
  expect(waiting({ 'updates:apt': fixture('apt-upgradable.txt'), 'updates:age': '740800' })).toEqual({
    manager: 'apt',
    listsDays: 3,
    updates: [
      { package: 'libssl3', from: '3.0.15-1~deb12u1', to: '3.0.17-1~deb12u2', isSecurity: true },
      { package: 'tzdata', from: '2025a-0+deb12u1', to: '2025b-0+deb12u1', isSecurity: false },
    ],
  })
  expect(waiting({ 'updates:dnf': fixture('dnf-check-update.txt'), 'updates:advisories': fixture('dnf-advisories.txt') })).toMatchObject({
    manager: 'dnf',
    updates: [
      { package: 'openssl-libs', to: '1:3.2.4-1.fc41', isSecurity: true },
      { package: 'vim-minimal', to: '2:9.1.1000-1.fc41', isSecurity: false },
    ],
  })
  expect(waiting({ 'updates:pacman': 'linux 6.15.2.arch1-1 -> 6.15.4.arch1-1\n' }).updates).toEqual([
    { package: 'linux', from: '6.15.2.arch1-1', to: '6.15.4.arch1-1', isSecurity: false },
  ])
  expect(waiting({ 'updates:apk': fixture('apk-upgradable.txt') }).updates).toEqual([
    { package: 'busybox', from: '1.36.1-r5', to: '1.36.1-r7', isSecurity: false },
    { package: 'ssl_client', from: '1.36.1-r5', to: '1.36.1-r7', isSecurity: false },
  ])
  expect(waiting({}).manager).toBeUndefined()
})

test('a reboot waits where the system asks for it, or a newer kernel of the same kind is installed', () => {
  const reason = (required: string, kernels: string) => rebootOf(sectionsOf({ 'reboot:required': required, 'reboot:kernels': kernels }))
  expect(reason('yes\nlinux-image-amd64\n', '6.1.0-18-amd64\n')).toBe('asked for by linux-image-amd64')
  expect(reason('', '6.1.0-9-amd64\n6.1.0-9-amd64\n6.1.0-18-amd64\n')).toBe('kernel 6.1.0-18-amd64 is installed, 6.1.0-9-amd64 runs')
  expect(reason('', '6.1.0-18-amd64\n6.1.0-18-amd64\n6.1.0-9-amd64\n6.12.0-1-rt-amd64\n')).toBeUndefined()
  expect(reason('', '6.15.2-arch1-1\n6.15.4-arch1-1\n')).toContain('6.15.4-arch1-1')
  expect(reason('', '6.8.0-virtual\n')).toBeUndefined()
})

test('a journal is read with its colours, its bytes, and its broken lines left out', () => {
  expect(journalOf(fixture('journal.jsonl').split('\n'))).toEqual([
    { at: '2026-06-01T08:00:00.000Z', priority: 'info', identifier: 'web', text: '\u001B[31mred\u001B[0m' },
    { at: '2026-06-01T08:00:01.000Z', priority: 'err', identifier: 'web', text: 'ünïcode \u0007 bell' },
    { at: '2026-06-01T08:00:02.000Z', priority: 'info', identifier: 'systemd', text: '' },
  ])
})

test('addresses are read from ip and from ifconfig of both kinds', () => {
  const links = 'name=eth0\nmtu=1500\naddress=02:00:00:00:00:01\noperstate=up\ntype=1\n'
  const of = (addresses: string) => interfacesOf(sectionsOf({ 'network:links': links, 'network:addresses': addresses }))[0]?.addresses
  expect(
    of('2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n2: eth0    inet6 fe80::1/64 scope link'),
  ).toEqual(['10.0.0.5/24', 'fe80::1/64'])
  expect(
    of(
      'eth0      Link encap:Ethernet  HWaddr 02:00\n          inet addr:10.0.0.5  Bcast:10.0.0.255  Mask:255.255.255.0\n          inet6 addr: fe80::1/64 Scope:Link\n',
    ),
  ).toEqual(['10.0.0.5/24', 'fe80::1/64'])
  expect(
    of(
      'eth0: flags=4163<UP>  mtu 1500\n        inet 10.0.0.5  netmask 255.255.255.0  broadcast 10.0.0.255\n        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>\n',
    ),
  ).toEqual(['10.0.0.5/24', 'fe80::1/64'])
  expect(networkOf('10.1.77.9/20')).toBe('10.1.64.0/20')
  expect([networkOf('fe80::1/64'), networkOf('10.0.0.1/32')]).toEqual([undefined, undefined])
})
