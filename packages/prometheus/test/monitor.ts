import type { Connection, Plan, Service, Settled, WriteContext } from '@rackwarden/core'
import type { PrometheusClient } from '../src/client.ts'
import prometheus, { type PrometheusWorld } from '../src/index.ts'

/** One request and what came of it. */
export interface Exchange {
  method: string
  target: string
  sent: string | undefined
  authorization: string | null
  status: number
  body: string
}

/** A pretend Prometheus with everything that is asked of it written down. */
export interface Monitor {
  client: PrometheusClient
  exchanges: Exchange[]
  snapshot: () => unknown
  context: WriteContext<unknown, unknown>
  read: (name: string, input?: Record<string, unknown>) => Promise<unknown>
  plan: (name: string, input: Record<string, unknown>) => Promise<Plan>
  /** Runs a write and judges its state until it holds or cannot. */
  write: (name: string, input: Record<string, unknown>) => Promise<{ settled: Settled; output: unknown; looks: number }>
}

/** What of a pretend Prometheus is different. */
export interface MonitorOptions {
  instance?: string
  configuration?: Record<string, unknown>
  /** Stands in for some of its answers. */
  answer?: (target: string) => Response | undefined
}

/** Opens a pretend Prometheus. */
export async function openMonitor(
  world?: PrometheusWorld,
  { instance = 'default', configuration = {}, answer }: MonitorOptions = {},
): Promise<Monitor> {
  const simulation = await (await prometheus.simulate()).default(world)
  const { connection, config } = simulation
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const exchanges: Exchange[] = []
  const recording: Connection = {
    ...connection,
    async fetch(target, options) {
      const response = answer?.(target) ?? (await connection.fetch(target, options))
      const { method = 'GET', headers, body: sent } = options ?? {}
      exchanges.push({
        method,
        target,
        sent: typeof sent === 'string' ? sent : undefined,
        authorization: new Headers(headers).get('authorization'),
        status: response.status,
        body: await response.clone().text(),
      })
      return response
    },
  }
  const client = (await prometheus.connect({ ...config, ...configuration }, recording)) as PrometheusClient
  const context = { client, instance, signal: new AbortController().signal, progress: () => undefined, state: undefined }
  const writeOf = (name: string, given: Record<string, unknown>) => {
    const tool = toolOf(name)
    if (tool.kind !== 'write') throw new Error(`${name} only reads`)
    return { definition: tool.definition, input: tool.definition.input.parse(given) }
  }
  return {
    client,
    exchanges,
    snapshot: () => simulation.snapshot(),
    context,
    async read(name, given = {}) {
      const tool = toolOf(name)
      if (tool.kind !== 'read') throw new Error(`${name} writes`)
      return tool.definition.output.parse(await tool.definition.run(tool.definition.input.parse(given), context))
    },
    async plan(name, given) {
      const { definition, input } = writeOf(name, given)
      return definition.plan(input, { ...context, state: await definition.state(input, context) })
    },
    async write(name, given) {
      const { definition, input } = writeOf(name, given)
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

function toolOf(name: string): Service['tools'][number] {
  const tool = prometheus.tools.find(({ definition }) => definition.name === name)
  if (tool === undefined) throw new Error(`there is no tool ${name}`)
  return tool
}
