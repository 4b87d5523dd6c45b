import { defineService, diffInstances, paging, page, secret, ToolError, toolsFor, type Service } from '@rackwarden/core'
import { z } from 'zod'

/** A pretend upstream small enough to be read at a glance: named values, a door that can be held shut, and a bell. */
export interface Shelf {
  entries: Map<string, string>
  /** How often the shelf was rung. */
  rings: number
  /** Reads of the bell's state until it counts as settled. */
  settlesAfter: number
  /** Awaited by every slow call. */
  door: Promise<void>
  /** Thrown by every call while set. */
  failure: Error | undefined
  /** Thrown by every write while set, before or after it took effect. */
  jam: Jam | undefined
  /** What a slow call says of its progress. */
  sign: string
  writes: number
}

/** What keeps a write from being done, or from being told of. */
export interface Jam {
  error: Error
  when: 'before' | 'after'
  /** True where the next write is free of it. */
  once?: true
  /** What every call then meets, until somebody mends it. */
  leaves?: Error
}

/** An empty shelf. */
export function createShelf(entries: Record<string, string> = {}): Shelf {
  return {
    entries: new Map(Object.entries(entries)),
    rings: 0,
    settlesAfter: 0,
    door: Promise.resolve(),
    failure: undefined,
    jam: undefined,
    writes: 0,
    sign: 'at the door',
  }
}

const name = z.string().min(1).describe('Name of the entry.')
const defineTool = toolsFor<Shelf>()
const guarded = (shelf: Shelf) => {
  if (shelf.failure !== undefined) throw shelf.failure
  return shelf
}

const changing = (shelf: Shelf, change: () => void) => {
  const { jam } = shelf
  if (jam?.once === true) shelf.jam = undefined
  const jams = () => {
    if (jam === undefined) return
    shelf.failure = jam.leaves ?? shelf.failure
    throw jam.error
  }
  if (jam?.when === 'before') jams()
  change()
  guarded(shelf).writes += 1
  jams()
}

const listEntries = defineTool({
  name: 'list_entries',
  title: 'List entries',
  description: 'Every entry of the shelf.',
  access: 'observe',
  input: z.object({ ...paging }),
  output: z.object({
    entries: z.array(z.object({ name, value: z.string().describe('Value.') })).describe('Rows.'),
    next_cursor: z.string().optional().describe('Cursor.'),
  }),
  run: (input, { client }) => {
    const { rows, ...rest } = page(
      [...guarded(client).entries].map(([key, value]) => ({ name: key, value })),
      input,
    )
    return { entries: rows, ...rest }
  },
})

const getEntry = defineTool({
  name: 'get_entry',
  title: 'Get an entry',
  description: 'One entry of the shelf.',
  access: 'observe',
  input: z.object({ name }),
  output: z.object({ name, value: z.string().describe('Value.') }),
  run: (input, { client }) => {
    const value = guarded(client).entries.get(input.name)
    if (value === undefined) throw new ToolError('not_found', `There is no entry '${input.name}'.`, { hint: 'list_entries shows them.' })
    return { name: input.name, value }
  },
})

const checkSlowly = defineTool({
  name: 'check_slowly',
  title: 'Check slowly',
  description: 'Waits for the door.',
  access: 'observe',
  input: z.object({}),
  output: z.object({ waited: z.boolean().describe('Always true.') }),
  run: async (_, { client, signal, progress }) => {
    progress(client.sign, 1, 2)
    await Promise.race([
      client.door,
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
    ])
    return { waited: true }
  },
})

const addEntry = defineTool({
  name: 'add_entry',
  title: 'Add an entry',
  description: 'Put a value on the shelf.',
  access: 'configure',
  idempotent: true,
  input: z.object({ name, value: z.string().describe('Value.') }),
  output: z.object({ name, value: z.string().describe('Value.') }),
  state: ({ name: key }, { client }) => ({ value: guarded(client).entries.get(key) ?? null }),
  plan: ({ name: key, value }, { state }) => ({
    summary: `Put ${value} on ${key}`,
    targets: [`shelf/entry/${key}`],
    diff: [`${key}: ${state.value ?? '(none)'} → ${value}`],
  }),
  run: async ({ name: key, value }, { client }) => {
    await client.door
    changing(client, () => client.entries.set(key, value))
    return { name: key, value }
  },
  settled: ({ value }, input) => value === input.value || 'not there yet',
  undo: (before, { name: key }) =>
    before.value === null
      ? { tool: 'remove_entry', input: { name: key } }
      : { tool: 'add_entry', input: { name: key, value: before.value } },
})

/** As `add_entry`, but knows when there is nothing to do. */
const setEntry = defineTool({
  name: 'set_entry',
  title: 'Set an entry',
  description: 'Put a value on the shelf, unless it is there.',
  access: 'configure',
  idempotent: true,
  input: z.object({ name, value: z.string().describe('Value.') }),
  output: z.object({ name, value: z.string().describe('Value.') }),
  state: ({ name: key }, { client }) => ({ value: guarded(client).entries.get(key) ?? null }),
  plan: ({ name: key, value }, { state }) => ({
    summary: state.value === value ? `${key} is ${value} already` : `Put ${value} on ${key}`,
    targets: [`shelf/entry/${key}`],
    nothing: state.value === value,
  }),
  run: ({ name: key, value }, { client }) => {
    changing(client, () => client.entries.set(key, value))
    return { name: key, value }
  },
  settled: ({ value }, input) => value === input.value || 'not there yet',
  undo: (before, { name: key }) =>
    before.value === null
      ? { tool: 'remove_entry', input: { name: key } }
      : { tool: 'add_entry', input: { name: key, value: before.value } },
})

const removeEntry = defineTool({
  name: 'remove_entry',
  title: 'Remove an entry',
  description: 'Take a value off the shelf.',
  access: 'configure',
  input: z.object({ name }),
  output: z.object({ name }),
  state: ({ name: key }, { client }) => ({ value: guarded(client).entries.get(key) ?? null }),
  plan: ({ name: key }, { state }) => {
    if (state.value === null) throw new ToolError('not_found', `There is no entry '${key}'.`, { hint: 'list_entries shows them.' })
    return { summary: `Remove ${key}`, targets: [`shelf/entry/${key}`] }
  },
  run: ({ name: key }, { client }) => {
    changing(client, () => client.entries.delete(key))
    return { name: key }
  },
  undo: (before, { name: key }) => ({ tool: 'add_entry', input: { name: key, value: before.value ?? '' } }),
})

const restartBell = defineTool({
  name: 'restart_bell',
  title: 'Restart the bell',
  description: 'Rings the bell anew.',
  access: 'operate',
  settleWithinMs: 500,
  input: z.object({}),
  output: z.object({ rings: z.number().describe('Rings so far.') }),
  state: (_, { client }) => ({
    rings: guarded(client).rings,
    left: client.settlesAfter > 0 ? (client.settlesAfter -= 1) : client.settlesAfter,
  }),
  basis: () => 'the bell',
  plan: () => ({ summary: 'Restart the bell', targets: ['shelf/bell/main'] }),
  run: (_, { client }) => ({ rings: (client.rings += 1) }),
  settled: ({ left }) => (left === 0 ? true : left < 0 ? { failed: 'the bell is broken' } : `${left} to go`),
  undo: 'transient',
})

const deleteShelf = defineTool({
  name: 'delete_shelf',
  title: 'Delete the shelf',
  description: 'Everything is gone.',
  access: 'admin',
  input: z.object({}),
  output: z.object({ gone: z.number().describe('Entries that were there.') }),
  state: (_, { client }) => ({ entries: guarded(client).entries.size }),
  plan: (_, { state }) => ({ summary: `Delete the shelf with ${state.entries} entries`, targets: ['shelf/shelf/all'] }),
  run: (_, { client, state, touch }) => {
    touch(...[...client.entries.keys()].map((key) => `shelf/entry/${key}`))
    client.entries.clear()
    client.writes += 1
    return { gone: state.entries }
  },
  settled: ({ entries }) => entries === 0 || 'still there',
  undo: 'irreversible',
})

/** A service whose instances are shelves, by the name their configuration gives. */
export function shelfService(shelves: Readonly<Record<string, Shelf>>, instances: 'many' | 'mirrored' = 'many'): Service {
  const mirrored = (shelf: Shelf) => Promise.resolve({ entry: Object.fromEntries(guarded(shelf).entries) })
  return defineService({
    name: 'shelf',
    title: 'Shelf',
    description: 'Named values.',
    instances,
    ...(instances === 'mirrored' ? { mirrored } : {}),
    config: {
      shelf: z.string().describe('Which shelf.'),
      apiKey: secret().optional().describe('Key.'),
      wait: z.coerce.number().optional().describe('Wait.'),
    },
    connect: (config) => {
      const shelf = shelves[config.shelf]
      if (shelf === undefined) throw new ToolError('unreachable', `Nothing answers at '${config.shelf}'.`, { hint: 'Start it.' })
      return shelf
    },
    health: (shelf) => ({ version: '1', evidence: `${guarded(shelf).entries.size} entries` }),
    findings: (shelf, { instance }) =>
      Promise.resolve(
        [...guarded(shelf).entries]
          .filter(([, value]) => value === 'broken')
          .map(([key]) => ({
            id: `shelf/entry/${key}/broken`,
            severity: 'warning' as const,
            target: `shelf@${instance}/entry/${key}`,
            title: `${key} is broken`,
            evidence: 'its value says so',
            next: { tool: 'get_entry', input: { name: key } },
          })),
      ),
    assets: (shelf) =>
      Promise.resolve(
        [...shelf.entries].map(([key, value]) => ({
          target: `shelf/entry/${key}`,
          kind: 'entry',
          name: key,
          aliases: [],
          addresses: [value],
          macs: [],
          ...(key.startsWith('mtu ') ? { networks: [{ network: '10.0.0.0/24', mtu: Number(value) }] } : {}),
        })),
      ),
    census: (shelf, { instance }) =>
      Promise.resolve(
        [...guarded(shelf).entries].map(([key, value]) => ({
          section: 'storage' as const,
          target: `shelf${instance === 'default' ? '' : `@${instance}`}/entry/${key}`,
          name: key,
          state: value === 'broken' ? 'broken' : 'ok',
          facts: { bytes: value.length },
          details: { value },
        })),
      ),
    simulate: () => Promise.reject(new Error('a shelf needs no simulator')),
    tools: [
      listEntries,
      getEntry,
      checkSlowly,
      addEntry,
      setEntry,
      removeEntry,
      restartBell,
      deleteShelf,
      ...(instances === 'mirrored' ? [diffInstances<Shelf>('Shelf', mirrored)] : []),
    ],
  })
}
