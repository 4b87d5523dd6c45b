import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { headersHold } from '../../src/upstreams/header-names.ts'

const word = 'x-mcp-header'
const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({ type: 'object', properties, ...more })
const named = (name: unknown, type: unknown = 'string') => ({ type, [word]: name })

test.each([
  ['no header at all', object({ a: { type: 'array', items: { type: 'string' } } }), true],
  ['one of text', object({ a: named('Region') }), true],
  ['one of a whole number and one of yes or no', object({ a: named('A', 'integer'), b: named('B', 'boolean') }), true],
  ['one in an input of an input', object({ a: object({ b: named('Region') }) }), true],
  ['an input that is called like the word', object({ [word]: { type: 'string' } }), true],
  ['the word among what a value may be', object({ a: { type: 'object', default: { [word]: 'A' } } }), true],
  ['an empty name', object({ a: named('') }), false],
  ['a name that is none', object({ a: named(5) }), false],
  ['a name with a space', object({ a: named('My Region') }), false],
  ['a name with a line break', object({ a: named('A\r\nB') }), false],
  ['a name beyond ASCII', object({ a: named('Région') }), false],
  ['one of a number with a fraction', object({ a: named('A', 'number') }), false],
  ['one of several kinds', object({ a: named('A', ['string', 'null']) }), false],
  ['one of an object', object({ a: { ...object({}), [word]: 'A' } }), false],
  ['one twice', object({ a: named('Region'), b: object({ c: named('REGION') }) }), false],
  ['one of the items of a list', object({ a: { type: 'array', items: named('A') } }), false],
  ['one behind a choice', object({ a: { anyOf: [named('A')] } }), false],
  ['one behind a reference', object({}, { $defs: { a: object({ b: named('A') }) } }), false],
  ['one of the whole', { ...object({}), [word]: 'A' }, false],
])('headers of a schema with %s can be sent: %s', (_what, schema, expected) => expect(headersHold(schema)).toBe(expected))

test('whatever stands in a schema, the answer is yes or no', () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom('type', 'properties', 'items', 'default', word, 'a') }),
      (schema) => typeof headersHold(schema) === 'boolean',
    ),
  )
})
