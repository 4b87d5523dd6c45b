import { describe, expect, test } from 'vitest'
import { best, inTurn, measureLoad, percentile } from '../measure/load.mjs'

describe('load', () => {
  test('is as many calls as were asked for, so many at a time, and what each cost', async () => {
    let [calls, now, most, used] = [0, 0, 0, 0]
    const call = async () => {
      calls += 1
      used += 50
      most = Math.max(most, (now += 1))
      await new Promise(setImmediate)
      now -= 1
    }
    const load = await measureLoad({ cpu: () => used }, call, { calls: 40, atOnce: 4 })
    expect([calls, most, load.cpu]).toEqual([40, 4, 50])
    expect(load.rate).toBeGreaterThan(0)
  })

  test('is the best of its slices, figure by figure', () => {
    const slices = [
      { cpu: 30, milliseconds: 0.2, rate: 900 },
      { cpu: 20, milliseconds: 0.3, rate: 1000 },
    ]
    expect(best(slices)).toEqual({ cpu: 20, milliseconds: 0.2, rate: 1000 })
  })

  test('is taken from everybody in turn, round after round', async () => {
    const order: string[] = []
    const figures = await inTurn(['hub', 'floor'], 2, async (target, round) => {
      order.push(target)
      return `${target} ${round}`
    })
    expect(order).toEqual(['hub', 'floor', 'hub', 'floor'])
    expect(figures.get('floor')).toEqual(['floor 0', 'floor 1'])
  })
})

test('a percentile is the smallest value so large a part is not above', () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(percentile([5, 1, 4, 2, 3], 0.95)).toBe(5)
  expect(percentile([7], 0.5)).toBe(7)
})
