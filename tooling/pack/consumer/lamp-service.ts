import { defineService, diffOf, toolsFor } from '@rackwarden/core'
import { z } from 'zod'
import simulate, { type LampClient, type LampConnection } from './lamp-client.js'

const defineTool = toolsFor<LampClient>()

const listLamps = defineTool({
  name: 'list_lamps',
  title: 'List lamps',
  description: 'Lamps there are.',
  access: 'observe',
  input: z.object({}),
  output: z.object({ lamps: z.array(z.string()).describe('Names.') }),
  run: (_input, { client }) => ({ lamps: client.names() }),
})

const updateLamp = defineTool({
  name: 'update_lamp',
  title: 'Update a lamp',
  description: 'Light a lamp, or put it out.',
  access: 'configure',
  idempotent: true,
  input: z.object({ lamp: z.string().describe('Name.'), lit: z.boolean().describe('Whether it is to be lit.') }),
  output: z.object({ lamp: z.string().describe('Name.'), lit: z.boolean().describe('Whether it is lit.') }),
  state: ({ lamp }, { client }) => ({ lit: client.isLit(lamp) }),
  plan: ({ lamp, lit }, { state }) => ({
    summary: `${lit ? 'Light' : 'Put out'} ${lamp}`,
    targets: [`lamps/lamp/${lamp}`],
    diff: diffOf(state, { lit }),
  }),
  run: ({ lamp, lit }, { client }) => {
    client.light(lamp, lit)
    return { lamp, lit }
  },
  settled: (after, { lit }) => after.lit === lit || 'not yet',
  undo: (before, { lamp }) => ({ tool: 'update_lamp', input: { lamp, lit: before.lit } }),
})

/** A service of the consumer's own. */
export default defineService({
  name: 'lamps',
  title: 'Lamps',
  description: 'Lamps of a consumer.',
  instances: 'single',
  config: { room: z.string().describe('Where they are.') },
  connect: (_config, connection) => (connection as LampConnection).lamps,
  health: (client) => ({ evidence: `${client.names().length} lamps` }),
  simulate: async () => ({ default: simulate }),
  tools: [listLamps, updateLamp],
})
