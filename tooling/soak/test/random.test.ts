import { expect, test } from 'vitest'
import { readOptions } from '../options.mjs'
import { createRandom } from '../random.mjs'

const drawn = (seed: number) => {
  const random = createRandom(seed)
  return [random.next(), random.below(1000), random.one(['a', 'b', 'c']), random.shuffled([1, 2, 3, 4, 5, 6, 7, 8])]
}

test('a seed gives the same again, and another one something else', () => {
  expect(drawn(7)).toEqual(drawn(7))
  expect(drawn(7)).not.toEqual(drawn(8))
})

test('a shuffled deck has every card once', () => {
  const cards = Array.from({ length: 50 }, (_, index) => index)
  expect(
    createRandom(1)
      .shuffled(cards)
      .toSorted((first, second) => first - second),
  ).toEqual(cards)
})

test('minutes and seed are taken as they are given, and what is neither is refused with a sentence', () => {
  expect(readOptions([], () => 5)).toEqual({ minutes: 10, seed: 5, verbose: false })
  expect(readOptions(['--minutes', '0.5', '--seed', '7', '--verbose'], () => 5)).toEqual({ minutes: 0.5, seed: 7, verbose: true })
  expect(() => readOptions(['--minutes', 'long'], () => 5)).toThrow("'long' is no number of minutes.")
  expect(() => readOptions(['--seed=-1'], () => 5)).toThrow("'-1' is no seed")
  expect(() => readOptions(['--seed', '1.5'], () => 5)).toThrow("'1.5' is no seed")
})
