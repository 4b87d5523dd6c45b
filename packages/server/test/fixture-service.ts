import { defineService, httpConfig, secret, ToolError, toolsFor, type Connection } from '@rackwarden/core'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'

/** What the fixture's tools are given. */
interface LampClient {
  get(): Promise<{ level: number }>
  set(level: number): Promise<void>
}

const defineTool = toolsFor<LampClient>()
const level = z.number().int().min(0).max(10).describe('How bright it is.')

const getLevel = defineTool({
  name: 'get_level',
  title: 'Get the level',
  description: 'How bright the lamp is.',
  access: 'observe',
  toolset: 'light',
  input: z.object({
    precise: z.boolean().default(false).describe('With all digits.'),
    rooms: z.array(z.string()).optional().describe('Rooms to look at.'),
  }),
  output: z.object({
    level,
    precise: z.boolean().describe('Whether all digits were asked for.'),
    rooms: z.array(z.string()).describe('Rooms looked at.'),
  }),
  run: async ({ precise, rooms = [] }, { client }) => ({ ...(await client.get()), precise, rooms }),
})

const setLevel = defineTool({
  name: 'set_level',
  title: 'Set the level',
  description: 'Make the lamp brighter or darker.',
  access: 'operate',
  toolset: 'light',
  input: z.object({ level }),
  output: z.object({ level }),
  state: (_, { client }) => client.get(),
  plan: ({ level: wanted }, { state }) => ({
    summary: `Set the level to ${wanted}`,
    targets: ['lamp/bulb/it'],
    diff: [`level: ${state.level} → ${wanted}`],
  }),
  run: async ({ level: wanted }, { client }) => {
    await client.set(wanted)
    return { level: wanted }
  },
  settled: (after, { level: wanted }) => after.level === wanted || 'not there yet',
  undo: (before) => ({ tool: 'set_level', input: { level: before.level } }),
})

/** Takes a moment, as real work does. */
const fadeLevel = defineTool({
  name: 'update_level',
  title: 'Fade to a level',
  description: 'Make the lamp brighter or darker, softly.',
  access: 'operate',
  toolset: 'light',
  input: z.object({ level }),
  output: z.object({ level }),
  state: (_, { client }) => client.get(),
  plan: ({ level: wanted }) => ({ summary: `Fade to ${wanted}`, targets: ['lamp/bulb/it'] }),
  run: async ({ level: wanted }, { client, signal, progress }) => {
    progress('fading')
    await setTimeout(500, undefined, { signal })
    await client.set(wanted)
    return { level: wanted }
  },
  undo: 'transient',
})

const deleteLamp = defineTool({
  name: 'delete_lamp',
  title: 'Delete the lamp',
  description: 'Switch the lamp off for good.',
  access: 'admin',
  toolset: 'repair',
  input: z.object({}),
  output: z.object({}),
  state: (_, { client }) => client.get(),
  plan: () => ({ summary: 'Delete the lamp', targets: ['lamp/bulb/it'], warnings: ['It will be dark.'] }),
  run: async (_, { client }) => {
    await client.set(0)
    return {}
  },
  undo: 'irreversible',
})

const getFuse = defineTool({
  name: 'get_fuse',
  title: 'Get a fuse',
  description: 'One fuse of the lamp.',
  access: 'observe',
  toolset: 'repair',
  input: z.object({ name: z.string().describe('Its name.') }),
  output: z.object({}),
  run: ({ name }) => {
    throw new ToolError('not_found', `There is no fuse '${name}'`, { hint: 'There are none at all.' })
  },
})

/** A service of one lamp, for the command line to be tried on. */
export const lamp = defineService({
  name: 'lamp',
  title: 'Lamp',
  description: 'A lamp.',
  instances: 'single',
  config: { url: httpConfig.url, password: secret().describe('Its password.') },
  connect: (_, connection): LampClient => ({
    get: async () => (await (await connection.fetch('/')).json()) as { level: number },
    set: async (wanted) => void (await connection.fetch(`/${wanted}`, { method: 'PUT' })),
  }),
  health: async (client) => ({ evidence: `level ${(await client.get()).level}` }),
  simulate: () => Promise.resolve({ default: simulate }),
  toolsets: { light: { description: 'How bright it is.' }, repair: { description: 'What is broken.' } },
  tools: [deleteLamp, fadeLevel, getFuse, getLevel, setLevel],
})

function simulate() {
  const state = { level: 1 }
  const connection: Connection = {
    fetch: (target, { method = 'GET' } = {}) => {
      if (method === 'PUT') state.level = Number(target.slice(1))
      return Promise.resolve(Response.json(state))
    },
    exec: () => Promise.reject(new ToolError('invalid_config', 'A lamp runs no programs')),
    dial: () => Promise.reject(new ToolError('invalid_config', 'A lamp has no sockets')),
  }
  return { config: { url: 'http://lamp.simulated', password: 'hunter2hunter2' }, connection, snapshot: () => state }
}
