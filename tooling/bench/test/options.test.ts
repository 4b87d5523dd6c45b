import { expect, test } from 'vitest'
import { groups, readOptions } from '../options.mjs'

test('everything is measured where no row group is named', () => {
  expect(readOptions([])).toEqual({ json: false, quick: false, peers: false, only: groups })
})

test('row groups are measured in their order, however they are named', () => {
  expect(readOptions(['--only', 'tokens,starts', '--only', 'calls']).only).toEqual(['starts', 'calls', 'tokens'])
})

test('a row group there is not is refused with those there are', () => {
  expect(() => readOptions(['--only', 'speed'])).toThrow("There is no row group 'speed'. Row groups: starts lists calls")
})
