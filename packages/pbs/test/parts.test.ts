import { ToolError } from '@rackwarden/core'
import { array, assert, constantFrom, double, integer, oneof, property, record, string, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, readScope, timeText, type Scope } from '../src/addresses.ts'
import { ageText } from '../src/amounts.ts'
import { freshnessOf } from '../src/freshness.ts'
import { growthOf } from '../src/growth.ts'
import { refusalOf } from '../src/refusals.ts'
import { maintenanceText } from '../src/store-facts.ts'
import { failuresLeft, stateOf } from '../src/task-facts.ts'
import { endOf } from '../src/tasks.ts'
import { escaped, readUpid, unescaped } from '../src/upid.ts'

const word = stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,12}$/)
const kind = constantFrom('vm' as const, 'ct' as const, 'host' as const)

test('an escaped name is the same again once it is read', () => {
  assert(
    property(string({ unit: 'grapheme' }), (text) => {
      expect(unescaped(escaped(text))).toBe(text)
    }),
  )
  expect(escaped('main:vm/100')).toBe(String.raw`main\x3avm-100`)
})

test('the id of a task tells when, what and by whom', () => {
  assert(
    property(
      integer({ min: 0, max: 0xffffffff }),
      stringMatching(/^[a-z_]{1,20}$/),
      string({ unit: 'grapheme' }),
      (startedAt, type, subject) => {
        const hex = startedAt.toString(16).toUpperCase().padStart(8, '0')
        const told = readUpid(`UPID:pbs-1:000003E8:0000C0DE:00000001:${hex}:${type}:${escaped(subject)}:root@pam!x:`)
        expect(told).toEqual({ node: 'pbs-1', startedAt, type, subject, user: 'root@pam!x' })
      },
    ),
  )
})

test('what is no id of this product is none: Proxmox VE has a field less', () => {
  expect(readUpid('UPID:pve1:0000C0DE:00000002:6A1CD300:vzdump:100:root@pam:')).toBeUndefined()
  assert(
    property(string(), (text) => {
      expect(readUpid(text)).toBeUndefined()
    }),
  )
})

test('an address is the same again once it is read', () => {
  const namespace = array(word, { maxLength: 4 }).map((parts) => parts.join('/'))
  const time = integer({ min: 1, max: 4_000_000_000 })
  const scope = oneof(
    record({ store: word, namespace }).filter((one) => !/(?:^|\/)(?:vm|ct|host)\/[^/]+$|\/\d{4}-\d[^/]*$/.test(one.namespace)),
    record({ store: word, namespace, kind, id: word }),
    record({ store: word, namespace, kind, id: word, time }),
  )
  assert(
    property(scope, (given: Scope) => {
      expect(readScope(addressOf(given))).toEqual(given)
    }),
  )
})

test('what is no address is refused with an example', () => {
  for (const text of ['', ':', 'a b', 'main:../x', 'main:vm/100/2026-06-01', 'main:vm/100/2026-02-30T00:00:00Z', 'main:/x', 'main:x//y'])
    expect(() => readScope(text)).toThrow(ToolError)
  const outcomeOf = (text: string) => {
    try {
      return typeof readScope(text).store
    } catch (error) {
      return ToolError.isInstance(error) ? error.code : 'thrown'
    }
  }
  assert(
    property(string(), (text) => {
      expect(['string', 'invalid_input']).toContain(outcomeOf(text))
    }),
  )
})

test('a steady growth is told as it is, with the days that are left at it', () => {
  const gap = 1_800
  const [start, now] = [1_000_000, (1_000_000 + 30 * 86_400) * 1_000]
  assert(
    property(double({ min: 0.05, max: 0.6, noNaN: true }), double({ min: 0.0005, max: 0.01, noNaN: true }), (first, perDay) => {
      const history = Array.from({ length: 1_440 }, (_, index) => first + (index * gap * perDay) / 86_400)
      const growth = growthOf({ history, total: 1e12, 'history-start': start, 'history-delta': gap }, now)
      const left = (1 - first - 30 * perDay) / perDay
      expect(growth?.bytesPerDay).toBeCloseTo(perDay * 1e12, -1)
      expect(Math.abs((growth?.daysUntilFull ?? -1) - Math.floor(left))).toBeLessThanOrEqual(1)
    }),
  )
})

test('a datastore that shrinks is never full, and a short history tells nothing', () => {
  const about = { total: 1e12, 'history-start': 1_000_000, 'history-delta': 1_800 }
  const shrinking = Array.from({ length: 1_440 }, (_, index) => 0.9 - index / 10_000)
  expect(growthOf({ ...about, history: shrinking }, 2_000_000_000)).toMatchObject({ daysUntilFull: undefined })
  expect(growthOf({ ...about, history: shrinking.slice(0, 100) }, 2_000_000_000)).toBeUndefined()
  expect(growthOf({ ...about, history: [] }, 2_000_000_000)).toBeUndefined()
  expect(growthOf({ ...about, history: [...Array.from({ length: 1_400 }, () => null), ...shrinking.slice(0, 40)] }, 2e12)).toBeUndefined()
})

test('a task ended well, with warnings, or in error; an end nobody knows is an error', () => {
  expect(endOf('OK')).toEqual({ warnings: 0 })
  expect(endOf('WARNINGS: 3')).toEqual({ warnings: 3 })
  expect(endOf('connection error: timed out')).toEqual({ warnings: 0, error: 'connection error: timed out' })
  expect(endOf('unknown').error).toContain('restarted')
  expect(stateOf({ endtime: null, status: null })).toBe('running')
  expect(stateOf({ endtime: 5, status: 'WARNINGS: 1' })).toBe('warnings')
})

test('what failed and was done well since is wrong no more, and what fails again is told once', () => {
  const task = (upid: string, starttime: number, status: string, worker_id = 'main:vm/100') => ({
    upid,
    worker_type: 'backup',
    worker_id,
    user: 'root@pam',
    starttime,
    endtime: starttime + 1,
    status,
  })
  const tasks = [
    task('a', 1, 'broken'),
    task('b', 2, 'OK'),
    task('c', 1, 'OK', 'main:vm/101'),
    task('d', 2, 'broken', 'main:vm/101'),
    task('e', 3, 'broken', 'main:vm/101'),
    task('f', 4, 'aborted by user', 'main:vm/101'),
  ]
  expect(failuresLeft(tasks).map(({ task: { upid }, times }) => [upid, times])).toEqual([['e', 2]])
})

test('a refusal has the code it deserves, and names the role that is missing', () => {
  const codeOf = (said: string, status = 400) => refusalOf(said, status, 'me@pbs!x')?.code
  expect(codeOf("missing permissions 'Datastore.Verify' on '/datastore/main'")).toBe('forbidden')
  expect(codeOf('permission check failed', 403)).toBe('forbidden')
  expect(codeOf('backup owner check failed (a@pbs != b@pbs)')).toBe('forbidden')
  expect(codeOf("no such datastore 'x'")).toBe('not_found')
  expect(codeOf('unable to acquire lock on snapshot directory "/x" - No such file or directory (os error 2)')).toBe('not_found')
  expect(codeOf('unable to acquire lock on snapshot directory "/x" - possibly running or in use')).toBe('conflict')
  expect(codeOf("datastore 'main' is in offline maintenance mode: moving")).toBe('conflict')
  expect(codeOf('parameter verification errors\n\nparameter x: bad')).toBe('invalid_input')
  expect(codeOf('something else entirely')).toBeUndefined()
  expect(codeOf('<html>no such page</html>')).toBeUndefined()
  const hint = refusalOf('permission check failed - missing Datastore.Modify|Datastore.Prune on /datastore/main/lab', 403, 'me@pbs!x')?.hint
  expect(hint).toContain("acl update /datastore/main/lab DatastoreAdmin --auth-id 'me@pbs!x'")
})

test('a maintenance is told in words', () => {
  expect(maintenanceText('type=offline,message="moving house, back soon"')).toBe('maintenance: offline (moving house, back soon)')
  expect(maintenanceText('read-only')).toBe('maintenance: read-only')
  expect(maintenanceText(undefined)).toBeUndefined()
  expect(timeText(1_780_279_200)).toBe('2026-06-01T02:00:00Z')
})

const groupOf = (newest: number | undefined) => ({
  store: 'main',
  namespace: '',
  kind: 'vm' as const,
  id: '1',
  count: 1,
  owner: undefined,
  newest,
})

test('a group is fresh up to the hours allowed and never after, stale up to a month, then abandoned', () => {
  const now = Date.parse('2026-06-01T09:00:00Z')
  assert(
    property(integer({ min: 0, max: 400 * 24 * 60 }), integer({ min: 1, max: 24 * 90 }), (minutes, rpoHours) => {
      const [told] = freshnessOf([groupOf(now / 1_000 - minutes * 60)], { now, rpoHours })
      const expected = minutes <= rpoHours * 60 ? 'fresh' : minutes > Math.max(rpoHours, 24 * 30) * 60 ? 'abandoned' : 'stale'
      expect(told?.verdict).toBe(expected)
      expect(Math.abs((told?.hours ?? -1) - minutes / 60)).toBeLessThanOrEqual(0.5)
    }),
  )
  expect(freshnessOf([groupOf(undefined)], { now, rpoHours: 36 })).toMatchObject([{ verdict: 'never finished', hours: undefined }])
})

test('an age in words is never longer than it is, and less than one unit shorter', () => {
  const now = Date.parse('2026-06-01T09:00:00Z')
  assert(
    property(integer({ min: 0, max: 10 * 365 * 24 * 60 }), (minutes) => {
      const [, amount = '', unit] = /^(\d+) (h|days)$/.exec(ageText(now / 1_000 - minutes * 60, now)) ?? []
      const size = unit === 'h' ? 60 : 24 * 60
      expect(Number(amount) * size).toBeLessThanOrEqual(minutes)
      expect((Number(amount) + 1) * size).toBeGreaterThan(minutes)
      expect(unit).toBe(minutes < 72 * 60 ? 'h' : 'days')
    }),
  )
  // A clock that is behind makes nothing younger than new.
  expect(ageText(now / 1_000 + 500, now)).toBe('0 h')
})
