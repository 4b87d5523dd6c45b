import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inputsOf } from '../../src/search/inputs.ts'

describe('the inputs of a tool in a line', () => {
  test('tell what a model has to know to call it', () => {
    const schema = {
      type: 'object',
      properties: {
        tail: { type: 'integer', description: 'Newest lines.' },
        ports: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
        state: { enum: ['up', 'down', 3] },
        place: { type: 'object', properties: { host: { type: 'string' }, port: { type: ['integer', 'null'] } }, required: ['host'] },
        limit: { type: 'integer' },
        cursor: { type: 'string' },
        kind: { const: 'lamp' },
        any: {},
        name: { type: 'string', description: 'Part of\n  the name.' },
        confirm: { type: 'string' },
      },
      required: ['name'],
    }
    expect(inputsOf(schema)).toBe(
      [
        'name: string (required), Part of the name',
        'tail: integer, Newest lines',
        'ports: (string|integer)[]',
        'state: up|down|3',
        'place: {host: string, port?: integer|null}',
        'kind: "lamp"',
        'any: any',
        'limit, cursor',
      ].join('; '),
    )
  })

  test('are one line of bounded length a piece, whatever somebody else calls a schema', () => {
    const key = fc.constantFrom('type', 'properties', 'required', 'items', 'enum', 'anyOf', 'oneOf', 'const', 'description')
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.dictionary(key, tie('value'))),
      value: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.array(tie('schema'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('schema'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), schema, { maxKeys: 5 }), fc.jsonValue(), (properties, required) => {
        const line = inputsOf({ properties, required })
        expect(line).not.toMatch(/\n/)
        expect(line.length).toBeLessThan(Object.keys(properties).length * 400 + 1)
      }),
      { numRuns: 300 },
    )
  })

  test('of a schema that is within itself a thousand times are told as far as it matters', () => {
    let deep: Record<string, unknown> = { type: 'string' }
    for (let depth = 0; depth < 1_000; depth += 1) deep = { type: 'array', items: deep }
    expect(inputsOf({ properties: { deep } })).toBe('deep: any[][][][]')
  })
})
