import { defineService, httpConfig, secret, toolsFor, type Service } from '@rackwarden/core'
import { z } from 'zod'

const defineTool = toolsFor<unknown>()
const input = z.object({})
const output = z.object({})
const write = { title: 'A write', input, output, state: () => 1, plan: () => ({ summary: '', targets: [] }), run: () => ({}) }

/** A service with something of everything that is told of in documents. */
export const nightWatch: Service = defineService({
  name: 'night-watch',
  title: 'Night Watch',
  description: 'Night Watch: its lamps.',
  instances: 'many',
  config: {
    ...httpConfig,
    url: z.string().describe('Address of it: http://host:8080.'),
    token: secret()
      .optional()
      .describe('Token | key.')
      .meta({ env: ['WATCH_TOKEN'] }),
    mode: z.enum(['calm', 'alert']).default('calm').describe('How it watches.'),
    tlsCa: httpConfig.tlsCa.meta({ env: ['WATCH_CERTIFICATES/ca.pem'] }),
  },
  connect: () => undefined,
  health: () => ({ status: 'ok', evidence: '' }),
  simulate: () => Promise.reject(new Error('there is nothing to simulate')),
  tools: [
    defineTool({ name: 'list_lamps', title: 'Lamps', description: 'Every lamp.', access: 'observe', input, output, run: () => ({}) }),
    defineTool({
      ...write,
      name: 'start_lamp',
      description: 'Light it.',
      access: 'operate',
      undo: (before) => ({ tool: before === 1 ? 'start_lamp' : 'stop_lamp', input: { because: 'not_a_tool' } }),
    }),
    defineTool({
      ...write,
      name: 'stop_lamp',
      description: 'Put it out.',
      access: 'operate',
      undo: () => ({ tool: 'start_lamp', input: {} }),
    }),
    defineTool({ ...write, name: 'restart_lamp', description: 'Both.', access: 'operate', undo: 'transient' }),
    defineTool({
      ...write,
      name: 'update_lamp',
      description: 'Set it.',
      access: 'configure',
      undo: () => ({ tool: 'update_lamp', input: {} }),
    }),
    defineTool({
      ...write,
      name: 'remove_lamp',
      description: 'Only ever an inverse.',
      access: 'configure',
      internal: true,
      undo: () => ({ tool: 'update_lamp', input: {} }),
    }),
  ],
})
