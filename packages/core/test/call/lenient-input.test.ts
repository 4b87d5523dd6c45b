import { lenientInput } from '@rackwarden/core/runtime'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const listed = {
  type: 'object',
  properties: {
    count: { type: 'integer' },
    loud: { type: 'boolean' },
    names: { type: 'array' },
    note: { type: ['string', 'null'] },
    old: { type: 'string', nullable: true },
    either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    name: { type: 'string' },
  },
  required: ['name'],
}

describe('an input as a model sends it', () => {
  test.each([
    [{ count: '42' }, { count: 42 }],
    [{ count: 'many' }, { count: 'many' }],
    [{ loud: 'false' }, { loud: false }],
    [{ names: '["a"]' }, { names: ['a'] }],
    [{ name: '42' }, { name: '42' }],
    [{ count: null, loud: null }, {}],
    [
      { note: null, old: null, either: null },
      { note: null, old: null, either: null },
    ],
    [{ name: null }, { name: null }],
    [{ unheard: null }, { unheard: null }],
  ])('%j is meant as %j', (given, meant) => expect(lenientInput(listed, given)).toEqual(meant))

  test('is never given a field that was not sent', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('count', 'loud', 'names', 'note', 'name', 'other'), fc.anything()), (given) =>
        Object.keys(lenientInput(listed, given)).every((key) => key in given),
      ),
    )
  })
})
