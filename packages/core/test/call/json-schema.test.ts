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
    ports: z.array(z.string()).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    kinds: z.array(z.string()).default(['records']),
    tail: z.number().default(0),
    running: z.boolean().default(true),
  })
  expect(leanSchema(schema, 'input')['properties']).toEqual({
    sizes: { type: 'boolean' },
    text: { type: 'string' },
    ports: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object' },
    kinds: { type: 'array', items: { type: 'string' }, default: ['records'] },
    tail: { type: 'number', default: 0 },
    running: { type: 'boolean', default: true },
  })
})

test('a bound is not listed, whatever it bounds', () => {
  const schema = z.object({
    name: z.string().min(1).max(40).describe('Part of the name.'),
    seconds: z.number().min(1).max(30),
    words: z.array(z.string().max(9)).min(1).max(256),
  })
  expect(leanSchema(schema, 'input')['properties']).toEqual({
    name: { type: 'string', description: 'Part of the name.' },
    seconds: { type: 'number' },
    words: { type: 'array', items: { type: 'string' } },
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
