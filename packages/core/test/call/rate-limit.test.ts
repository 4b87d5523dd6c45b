import { createRateLimit } from '@rackwarden/core/runtime'
import { array, assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'

test('so many at once, then as fast as they come back, each key by itself', () => {
  let now = 0
  const limit = createRateLimit(60, () => now)
  expect(Array.from({ length: 60 }, () => limit('a')).every((wait) => wait === undefined)).toBe(true)
  expect(limit('a')).toBe(1)
  expect(limit('b')).toBeUndefined()
  now += 1_000
  expect([limit('a'), limit('a')]).toEqual([undefined, 1])
  now += 60_000
  expect(Array.from({ length: 61 }, () => limit('a')).filter((wait) => wait !== undefined)).toHaveLength(1)
})

test('what a rare one has to wait is what it is told, and a clock that is set back locks nobody out', () => {
  let now = 1_000_000
  const limit = createRateLimit(2, () => now)
  expect([limit('a'), limit('a'), limit('a')]).toEqual([undefined, undefined, 30])
  now += 30_000
  expect(limit('a')).toBeUndefined()
  now -= 500_000
  expect(limit('a')).toBe(30)
  now += 30_000
  expect(limit('a')).toBeUndefined()
})

test('in no minute passes more than twice what is allowed, and what is refused is let in after the wait', () => {
  assert(
    property(integer({ min: 1, max: 50 }), array(integer({ min: 0, max: 20_000 }), { maxLength: 200 }), (most, pauses) => {
      let now = 0
      const limit = createRateLimit(most, () => now)
      const passed: number[] = []
      for (const pause of pauses) {
        now += pause
        const wait = limit('a')
        now += (wait ?? 0) * 1_000
        expect(wait === undefined ? undefined : limit('a')).toBeUndefined()
        passed.push(now)
        expect(passed.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(most * 2)
      }
    }),
  )
})
