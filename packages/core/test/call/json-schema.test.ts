import { expect, test } from 'vitest'
import { z } from 'zod'
import { leanSchema } from '../../src/call/json-schema.ts'

test('a description that is the name once more is not listed, and one that says more is', () => {
  const schema = z.object({
    tcp_port: z.number().describe('TCP port.'),
    name: z.string().describe('Part of the name.'),
    row: z.object({ state: z.string().describe('State.') }).describe('What it says.'),
  })
  expect(leanSchema(schema, 'input')['properties']).toEqual({
    tcp_port: { type: 'number' },
    name: { type: 'string', description: 'Part of the name.' },
    row: {
      type: 'object',
      description: 'What it says.',
      properties: { state: { type: 'string' } },
      required: ['state'],
    },
  })
})

test('a default is listed where leaving the input out means something, false and nothing do not', () => {
  const schema = z.object({
    sizes: z.boolean().default(false),
    text: z.string().default(''),
    tail: z.number().default(0),
    running: z.boolean().default(true),
  })
  expect(leanSchema(schema, 'input')['properties']).toEqual({
    sizes: { type: 'boolean' },
    text: { type: 'string' },
    tail: { type: 'number', default: 0 },
    running: { type: 'boolean', default: true },
  })
})

test('an input may be called like a word of the schema', () => {
  const schema = z.object({ title: z.string().describe('What it is called.'), default: z.boolean(), properties: z.array(z.string()) })
  expect(leanSchema(schema, 'input')).toEqual({
    type: 'object',
    properties: {
      title: { type: 'string', description: 'What it is called.' },
      default: { type: 'boolean' },
      properties: { type: 'array', items: { type: 'string' } },
    },
    required: ['title', 'default', 'properties'],
  })
})
