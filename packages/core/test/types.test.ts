import { defineService, httpConfig, secret, toolsFor } from '@rackwarden/core'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

interface Client {
  record(domain: string): Promise<{ address: string } | null>
}

const defineTool = toolsFor<Client>()
const input = z.object({ domain: z.string().describe('Name.') })
const output = z.object({ domain: z.string() })
const words = { title: 'A tool', description: 'Does a thing.' }

const addRecord = defineTool({
  ...words,
  name: 'add_record',
  access: 'configure',
  input,
  output,
  state: ({ domain }, { client }) => client.record(domain),
  plan: ({ domain }, { state }) => {
    expectTypeOf(state).toEqualTypeOf<{ address: string } | null>()
    return { summary: `Point ${domain}`, targets: [] }
  },
  run: ({ domain }, { state }) => {
    expectTypeOf(state).toEqualTypeOf<{ address: string } | null>()
    return { domain }
  },
  settled: (after) => after?.address === 'x' || 'not yet',
  undo: (before, { domain }) => {
    expectTypeOf(before).toEqualTypeOf<{ address: string } | null>()
    return { tool: 'remove_record', input: { domain } }
  },
})

const getRecord = defineTool({
  ...words,
  name: 'get_record',
  access: 'observe',
  input,
  output,
  run: ({ domain }) => ({ domain }),
})

const write = {
  ...words,
  name: 'add_record',
  input,
  output,
  state: () => 1,
  plan: () => ({ summary: '', targets: [] }),
  run: () => ({ domain: '' }),
}

test('a write that lacks what its access demands does not compile', () => {
  // @ts-expect-error a configure tool needs an inverse
  defineTool({ ...write, access: 'configure' })
  // @ts-expect-error an operate tool says how it is undone
  defineTool({ ...write, access: 'operate' })
  // @ts-expect-error an admin tool says how it is undone
  defineTool({ ...write, access: 'admin' })
  // @ts-expect-error 'irreversible' is for admin
  defineTool({ ...write, access: 'configure', undo: 'irreversible' })
  // @ts-expect-error 'transient' is for operate
  defineTool({ ...write, access: 'configure', undo: 'transient' })
  // @ts-expect-error 'irreversible' is for admin
  defineTool({ ...write, access: 'operate', undo: 'irreversible' })
  // @ts-expect-error undo is given the state's type
  defineTool({ ...write, access: 'configure', undo: (before: string) => ({ tool: before, input: {} }) })
  // @ts-expect-error a write has a plan
  defineTool({ ...write, plan: undefined, access: 'operate', undo: 'transient' })
  // @ts-expect-error a write has a state
  defineTool({ ...write, state: undefined, access: 'operate', undo: 'transient' })
  const plan = () => ({ summary: '', targets: [] })
  // @ts-expect-error a read has no plan
  defineTool({ ...words, name: 'get_x', access: 'observe', input, output, plan, run: () => ({ domain: '' }) })
  // @ts-expect-error the result has the output's shape
  defineTool({ ...words, name: 'get_x', access: 'observe', input, output, run: () => ({ domain: 1 }) })
  defineTool({ ...write, access: 'operate', undo: 'transient' })
  defineTool({ ...write, access: 'admin', undo: 'irreversible' })
  defineTool({ ...write, access: 'admin', undo: 'transient' })
  defineTool({ ...write, access: 'configure', undo: (before) => ({ tool: 'x', input: { before: before.toFixed() } }) })
})

test('a service gives its client and its configuration their types', () => {
  const service = defineService({
    name: 'pihole',
    title: 'Pi-hole',
    description: 'DNS.',
    instances: 'many',
    config: { ...httpConfig, password: secret().describe('Password.') },
    connect: (config, connection): Client => {
      expectTypeOf(config.password).toEqualTypeOf<string>()
      expectTypeOf(config.tlsInsecure).toEqualTypeOf<boolean | undefined>()
      void connection
      return { record: () => Promise.resolve(null) }
    },
    health: (client) => {
      expectTypeOf(client).toEqualTypeOf<Client>()
      return { evidence: '' }
    },
    simulate: () => Promise.reject(new Error('none')),
    tools: [addRecord, getRecord],
  })
  expectTypeOf(service.name).toEqualTypeOf<string>()
  const foreign = toolsFor<{ other: number }>()({
    ...words,
    name: 'get_y',
    access: 'observe',
    input,
    output,
    run: (_, { client }) => ({ domain: client.other.toFixed() }),
  })
  defineService({
    ...service,
    connect: (): Client => ({ record: () => Promise.resolve(null) }),
    health: () => ({ evidence: '' }),
    // @ts-expect-error a tool of another client does not fit
    tools: [foreign],
  })
})

test('a reserved input and a field named host or port are refused', ({ expect }) => {
  expect(() =>
    defineTool({
      ...words,
      name: 'get_x',
      access: 'observe',
      input: z.object({ confirm: z.string() }),
      output,
      run: () => ({ domain: '' }),
    }),
  ).toThrow(/reserved/)
  expect(() =>
    defineService({
      name: 'x',
      title: '',
      description: '',
      instances: 'single',
      config: { port: z.string() },
      connect: () => 1,
      health: () => ({ evidence: '' }),
      simulate: () => Promise.reject(new Error()),
      tools: [],
    }),
  ).toThrow(/Kubernetes/)
})
