import type { Connection, Plan, Service, Settled, WriteContext } from '@rackwarden/core'
import type { DockerClient } from '../src/client.ts'
import docker, { type DockerWorld } from '../src/index.ts'

/** One exchange with the pretend engine. */
export interface Exchange {
  method: string
  target: string
  status: number
  body: string
}

/** A pretend engine, a client of it, and everything that passed between them. */
export interface Engine {
  client: DockerClient
  exchanges: Exchange[]
  snapshot: () => unknown
  context: WriteContext<unknown, unknown>
  read: (name: string, input?: Record<string, unknown>) => Promise<unknown>
  plan: (name: string, input: Record<string, unknown>) => Promise<Plan>
  /** Runs a write and judges its state until it holds or cannot. */
  write: (name: string, input: Record<string, unknown>) => Promise<{ settled: Settled; output: unknown; looks: number }>
}

type Definition = Service['tools'][number]

/** Opens a pretend engine; `answer` may stand in for some of its answers. */
export async function openEngine(
  world?: DockerWorld,
  { instance = 'default', answer }: { instance?: string; answer?: (target: string) => Response | undefined } = {},
): Promise<Engine> {
  const simulation = await (await docker.simulate()).default(world)
  const { connection } = simulation
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const exchanges: Exchange[] = []
  const recording: Connection = {
    ...connection,
    async fetch(target, options) {
      const response = answer?.(target) ?? (await connection.fetch(target, options))
      const body = await response.clone().text()
      exchanges.push({ method: options?.method ?? 'GET', target, status: response.status, body })
      return response
    },
  }
  const client = (await docker.connect({}, recording)) as DockerClient
  const context = { client, instance, signal: new AbortController().signal, progress: () => undefined, state: undefined }
  const parsed = async (name: string, input: Record<string, unknown>) => {
    const tool = toolOf(name)
    return { tool, input: tool.definition.input.parse(input) }
  }
  const writeOf = async (name: string, given: Record<string, unknown>) => {
    const { tool, input } = await parsed(name, given)
    if (tool.kind !== 'write') throw new Error(`${name} only reads`)
    return { definition: tool.definition, input }
  }
  return {
    client,
    exchanges,
    snapshot: () => simulation.snapshot(),
    context,
    async read(name, given = {}) {
      const { tool, input } = await parsed(name, given)
      if (tool.kind !== 'read') throw new Error(`${name} writes`)
      return tool.definition.output.parse(await tool.definition.run(input, context))
    },
    async plan(name, given) {
      const { definition, input } = await writeOf(name, given)
      return definition.plan(input, { ...context, state: await definition.state(input, context) })
    },
    async write(name, given) {
      const { definition, input } = await writeOf(name, given)
      const before = await definition.state(input, context)
      const output = await definition.run(input, { ...context, state: before })
      for (let looks = 1; ; looks += 1) {
        const after = await definition.state(input, context)
        const settled = definition.settled?.(after, input, before) ?? true
        if (typeof settled === 'string' && looks < 20) continue
        return { settled, output: settled === true ? definition.verified?.(output, after) : output, looks }
      }
    },
  }
}

function toolOf(name: string): Definition {
  const tool = docker.tools.find(({ definition }) => definition.name === name)
  if (tool === undefined) throw new Error(`there is no tool ${name}`)
  return tool
}
