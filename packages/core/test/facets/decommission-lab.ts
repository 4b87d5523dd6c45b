import { defineService, toolsFor, type Service, type ToolError } from '@rackwarden/core'
import type { CallResult } from '@rackwarden/core/runtime'
import { z } from 'zod'
import { openShelves, tokenOf, type OpenShelves, type OpenShelvesOptions } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

type Kept = Map<string, string>

/** What befalls whoever changes a thing. */
export interface Trouble {
  error?: ToolError
  /** Awaited before anything is changed. */
  door?: Promise<void>
  /** Told of every change that is begun. */
  ran?: (tool: string, key: string) => void
}

/** A service of things that can be removed and put back, each known by the names it is given. */
function keeperOf(name: string, kind: string, things: Kept, trouble: Trouble = {}): Service {
  const defineTool = toolsFor<Kept>()
  const input = z.object({ name: z.string().describe('Name.') })
  const output = z.object({ name: z.string().describe('Name.') })
  const tool = (own: 'remove_thing' | 'add_thing', inverse: 'remove_thing' | 'add_thing') =>
    defineTool({
      name: own,
      title: 'A thing',
      description: 'Changes a thing.',
      access: 'configure',
      input,
      output,
      state: ({ name: key }, { client }) => ({ there: client.has(key) }),
      plan: ({ name: key }, { state }) => ({
        summary: `${own} ${key}`,
        targets: [`${name}/${kind}/${key}`],
        ...(state.there === (own === 'add_thing') ? { nothing: true } : {}),
      }),
      run: async ({ name: key }, { client }) => {
        trouble.ran?.(own, key)
        await trouble.door
        if (trouble.error !== undefined) throw trouble.error
        if (own === 'add_thing') client.set(key, key)
        else client.delete(key)
        return { name: key }
      },
      undo: (_, { name: key }) => ({ tool: inverse, input: { name: key } }),
    })
  return defineService({
    name,
    title: name,
    description: 'Things.',
    instances: 'many',
    config: {},
    connect: () => things,
    health: () => ({ evidence: 'well' }),
    assets: (client) =>
      Promise.resolve(
        [...client].map(([key, aliases]) => ({
          target: `${name}/${kind}/${key}`,
          kind,
          name: key,
          aliases: aliases.split(' ').filter((alias) => alias !== key && alias !== ''),
          addresses: ['10.0.0.9'],
          macs: [],
          ...(kind === 'target' ? {} : { removal: { calls: [{ tool: 'remove_thing', input: { name: key } }] } }),
        })),
      ),
    simulate: () => Promise.reject(new Error('it needs no simulator')),
    tools: [tool('remove_thing', 'add_thing'), tool('add_thing', 'remove_thing')],
  })
}

/** What `ollama` left all over a lab, with whatever befalls those that change it. */
export interface DecommissionLab extends OpenShelves {
  records: Kept
  containers: Kept
  failing: Trouble
  /** Another process over the same lab. */
  another: () => Promise<OpenShelves>
}

/** Opens it. */
export async function openLab(options: OpenShelvesOptions = {}): Promise<DecommissionLab> {
  const records: Kept = new Map([
    ['ollama.lab', 'ollama'],
    ['nas.lab', 'nas'],
  ])
  const containers: Kept = new Map([['ollama', '']])
  const targets: Kept = new Map([['ollama.lab:11434', 'ollama.lab']])
  const failing: Trouble = {}
  const beside = [
    keeperOf('engine', 'container', containers, failing),
    keeperOf('names', 'record', records, failing),
    keeperOf('metrics', 'target', targets),
  ]
  const open = async (stateDirectory?: string) =>
    openShelves({ main: createShelf() }, { ...options, beside, ...(stateDirectory === undefined ? {} : { stateDirectory }) })
  const first = await open()
  return { ...first, records, containers, failing, another: async () => open(first.stateDirectory) }
}

/** Plans a call and confirms it. */
export async function confirmed({ call }: Pick<OpenShelves, 'call'>, name: string, input: Record<string, unknown>): Promise<CallResult> {
  return call(name, { ...input, confirm: tokenOf(await call(name, input)) })
}

/** The id of a planned decommission. */
export function idOf(result: CallResult): string {
  if (result.kind !== 'done') throw new Error(result.text)
  return (result.output as { id: string }).id
}
