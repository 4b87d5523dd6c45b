import { describe, expect, test } from 'vitest'
import { auditCheck, memoryCheck, recordsCheck } from '../checks.mjs'
import { createTally } from '../tally.mjs'

const megabyte = 1_048_576
const samples = (...heaps: number[]) => heaps.map((heap) => ({ heap: heap * megabyte, resident: 100 * megabyte, external: 0 }))

describe('memory', () => {
  test('holds while it swings around the same, and where it shrinks', () => {
    expect(memoryCheck(samples(30, 31, 29, 32, 30, 31, 30, 29)).holds).toBe(true)
    expect(memoryCheck(samples(40, 40, 35, 35, 30, 30, 30, 30)).holds).toBe(true)
  })

  test('does not hold where it grows, and where there is too little to judge by', () => {
    expect(memoryCheck(samples(30, 31, 32, 33, 34, 35, 36, 37)).holds).toBe(false)
    expect(memoryCheck(samples(30, 30)).holds).toBe(false)
  })
})

describe('the audit', () => {
  const answered = () => {
    const tally = createTally()
    tally.called('token:a', false)
    tally.named('soak-1')
    tally.called('token:a', true)
    tally.called('token:a', true)
    return tally
  }
  const call = { kind: 'read', principal: 'token:a', result: 'done', input: { container: 'soak-1' } }
  const limited = { kind: 'read', principal: 'token:a', result: 'error', error: 'rate_limited: token:a made more', times: 2 }

  test('holds where each call has its line, or is counted in one', () => {
    expect(auditCheck([call, limited], answered())).toMatchObject({ holds: true, value: '3 answered, 2 lines' })
  })

  test('does not hold where a line, a number or a name is missing', () => {
    expect(auditCheck([limited], answered()).holds).toBe(false)
    expect(auditCheck([call, { ...limited, times: 1 }], answered()).holds).toBe(false)
    expect(auditCheck([{ ...call, input: { container: 'soak-2' } }, limited], answered())).toMatchObject({
      holds: false,
      wrongs: ['no line for the call about soak-1'],
    })
  })
})

test('records hold where the Pi-holes have what was written and no more, but for what is not known', () => {
  const writes = { there: new Set(['soak-1.soak.lan']), unknown: new Set(['soak-2.soak.lan']), lastDone: 0 }
  const held = { hosts: ['192.168.10.250 soak-1.soak.lan'] }
  expect(recordsCheck({ primary: held, secondary: held }, writes).holds).toBe(true)
  expect(recordsCheck({ primary: held, secondary: { hosts: ['192.168.10.250 soak-2.soak.lan', 'soak-1.soak.lan'] } }, writes).holds).toBe(
    true,
  )
  expect(recordsCheck({ primary: held, secondary: {} }, writes).wrongs).toEqual(['secondary lacks soak-1.soak.lan'])
  expect(recordsCheck({ primary: { hosts: ['soak-1.soak.lan', 'soak-3.soak.lan'] } }, writes).wrongs).toEqual([
    'primary still has soak-3.soak.lan',
  ])
})
