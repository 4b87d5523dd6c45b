import { defineService, toolsFor, type Asset, type Service } from '@rackwarden/core'
import { z } from 'zod'

/** A machine somebody writes notes in. */
export interface House {
  notes: Map<string, string>
  /** What the machine says it goes by. */
  known: Partial<Pick<Asset, 'name' | 'aliases' | 'addresses' | 'macs'>>
  /** Thrown by the next writes while set. */
  failure: Error | undefined
  /** What becomes of a wing; it is there where nothing is said. */
  ends?: string
}

/** What has machines and copies them. */
export interface Keeper {
  machines: (Partial<Asset> & { name: string })[]
  /** Copies by name, with what each is noted to be for. */
  copies: Map<string, string>
  failure: { assets?: Error; plan?: Error; run?: Error }
  /** Called once a copy is taken. */
  afterCopy?: () => void
}

/** A machine that goes by a name and an address. */
export function createHouse(): House {
  return { notes: new Map(), known: { name: 'cottage', addresses: ['10.0.0.7'], macs: ['02:00:00:00:00:07'] }, failure: undefined }
}

/** Keeps that machine, and another. */
export function createKeeper(): Keeper {
  return {
    machines: [
      { name: 'guest-7', addresses: ['10.0.0.7'], macs: ['02:00:00:00:00:07'] },
      { name: 'guest-8', addresses: ['10.0.0.8'], macs: ['02:00:00:00:00:08'] },
      { name: 'rack', kind: 'node' },
    ],
    copies: new Map(),
    failure: {},
  }
}

const name = z.string().describe('Name.')
const common = { connect: () => ({}), instances: 'many', config: {}, simulate: () => Promise.reject(new Error('no simulator')) } as const

/** A service whose writes land in the machine its instance is on. */
export function houseService(house: House): Service {
  const defineTool = toolsFor<House>()
  const noted = (key: string) => ({ value: house.notes.get(key) ?? null })
  const changing = (change: () => void) => {
    if (house.failure !== undefined) throw house.failure
    change()
  }
  return defineService({
    ...common,
    name: 'house',
    title: 'House',
    description: 'Notes in a machine.',
    connect: () => house,
    health: () => ({ evidence: 'there' }),
    task: (client, wing) => {
      const value = client.notes.get(wing)
      return Promise.resolve({ status: value === 'there' ? 'done' : value === 'half' ? 'running' : 'failed', said: `it is ${value}` })
    },
    assets: () =>
      Promise.resolve([{ target: 'house/host/cottage', kind: 'host', name: '', aliases: [], addresses: [], macs: [], ...house.known }]),
    tools: [
      defineTool({
        name: 'write_note',
        title: 'Write a note',
        description: 'Writes a note in the machine.',
        access: 'configure',
        wayBackFirst: true,
        input: z.object({ name, value: z.string().describe('Text.') }),
        output: z.object({ name }),
        state: (input) => noted(input.name),
        plan: (input, { state }) => ({
          summary: `Write ${input.name}`,
          targets: [`house/note/${input.name}`],
          nothing: state.value === input.value,
        }),
        run: (input) => {
          changing(() => house.notes.set(input.name, input.value))
          return { name: input.name }
        },
        undo: (before, input) => ({ tool: 'restore_note', input: { name: input.name, value: before.value } }),
      }),
      defineTool({
        name: 'add_wing',
        title: 'Add a wing',
        description: 'Has a wing added, which takes its time.',
        access: 'configure',
        input: z.object({ name }),
        output: z.object({ name }),
        state: (input) => noted(input.name),
        plan: (input) => ({ summary: `Add ${input.name}`, targets: [`house/wing/${input.name}`] }),
        run: async (input, { progress }) => {
          // Whoever was asked goes on by themselves.
          changing(() => house.notes.set(input.name, house.ends ?? 'there'))
          progress('began', undefined, undefined, input.name)
          await new Promise((resolve) => setTimeout(resolve, 20))
          return { name: input.name }
        },
        settled: ({ value }) => value === 'there' || { failed: `it is ${value}` },
        undo: (before, input) => ({ tool: 'restore_note', input: { name: input.name, value: before.value } }),
      }),
      defineTool({
        name: 'restore_note',
        title: 'Put a note back',
        description: 'Puts a note back.',
        access: 'configure',
        internal: true,
        input: z.object({ name, value: z.string().nullable().describe('Text.') }),
        output: z.object({ name }),
        state: (input) => noted(input.name),
        plan: (input) => ({ summary: `Put ${input.name} back`, targets: [`house/note/${input.name}`] }),
        run: (input) => {
          changing(() => (input.value === null ? house.notes.delete(input.name) : house.notes.set(input.name, input.value)))
          return { name: input.name }
        },
        undo: (before, input) => ({ tool: 'restore_note', input: { name: input.name, value: before.value } }),
      }),
      defineTool({
        name: 'ring_bell',
        title: 'Ring the bell',
        description: 'Leaves nothing.',
        access: 'operate',
        input: z.object({}),
        output: z.object({}),
        state: () => ({}),
        plan: () => ({ summary: 'Ring', targets: ['house/bell/bell'] }),
        run: () => ({}),
        undo: 'transient',
      }),
    ],
  })
}

/** A service that has machines, and copies them before they are written in. */
export function keeperService(keeper: Keeper): Service {
  const defineTool = toolsFor<Keeper>()
  const of = (machine: string) => [...keeper.copies.keys()].filter((copy) => copy.startsWith(`${machine}/`))
  return defineService({
    ...common,
    name: 'keeper',
    title: 'Keeper',
    description: 'Machines and copies of them.',
    connect: () => keeper,
    health: () => ({ evidence: 'there' }),
    assets: () =>
      keeper.failure.assets === undefined
        ? Promise.resolve(
            keeper.machines.map((machine) => ({
              target: `keeper/machine/${machine.name}`,
              kind: 'machine',
              aliases: [],
              addresses: [],
              macs: [],
              ...machine,
            })),
          )
        : Promise.reject(keeper.failure.assets),
    wayBack: {
      noun: 'copy',
      tool: 'copy_machine',
      inputFor: ({ kind, name: machine }, reason) => (kind === 'machine' ? { machine, note: reason } : undefined),
      returnFrom: ({ name: machine }, output) => ({ tool: 'restore_machine', input: { machine, ...(output as object) } }),
    },
    tools: [
      defineTool({
        name: 'copy_machine',
        title: 'Copy a machine',
        description: 'Copies a machine.',
        access: 'configure',
        wayBackFirst: true,
        input: z.object({ machine: name, note: z.string().optional().describe('For.') }),
        output: z.object({ copy: z.string().describe('Name.') }),
        state: ({ machine }) => ({ copies: of(machine) }),
        plan: ({ machine }, { state }) => {
          if (keeper.failure.plan !== undefined) throw keeper.failure.plan
          const copy = `${machine}/${state.copies.length + 1}`
          return { summary: `Copy ${machine}`, targets: [`keeper/machine/${machine}`, `keeper/copy/${copy}`], warnings: ['It takes room.'] }
        },
        run: ({ machine, note = '' }, { state }) => {
          if (keeper.failure.run !== undefined) throw keeper.failure.run
          const copy = `${machine}/${state.copies.length + 1}`
          keeper.copies.set(copy, note)
          keeper.afterCopy?.()
          return { copy }
        },
        undo: (_, __, { output }) => ({ tool: 'drop_copy', input: { copy: output.copy } }),
      }),
      defineTool({
        name: 'drop_copy',
        title: 'Drop a copy',
        description: 'Drops a copy.',
        access: 'configure',
        internal: true,
        input: z.object({ copy: name }),
        output: z.object({}),
        state: ({ copy }) => ({ isThere: keeper.copies.has(copy) }),
        plan: ({ copy }) => ({ summary: `Drop ${copy}`, targets: [`keeper/copy/${copy}`] }),
        run: ({ copy }) => {
          keeper.copies.delete(copy)
          return {}
        },
        undo: (_, { copy }) => ({ tool: 'copy_machine', input: { machine: copy.split('/')[0] } }),
      }),
    ],
  })
}

/** A service that knows machines others only have a name of. */
export function scoutService(known: Pick<Asset, 'name'> & Partial<Asset>): Service {
  return defineService({
    ...common,
    name: 'scout',
    title: 'Scout',
    description: 'Knows machines.',
    health: () => ({ evidence: 'there' }),
    assets: () => Promise.resolve([{ target: 'scout/host/one', kind: 'host', aliases: [], addresses: [], macs: [], ...known }]),
    tools: [],
  })
}
