import type { Connection } from '../define/connection.ts'
import type { Asset, CensusItem, Finding, Health } from '../define/facet.ts'
import type { Plan } from '../define/plan.ts'
import type { Service } from '../define/service.ts'
import type { Settled, WriteContext } from '../define/tool.ts'

/** A service's tools and facets on a connection, called without the path a call takes: what they themselves do. */
export interface Toolbox {
  readonly client: unknown
  readonly context: WriteContext<unknown, unknown>
  readonly read: (name: string, input?: Record<string, unknown>) => Promise<Record<string, unknown>>
  readonly plan: (name: string, input: Record<string, unknown>) => Promise<Plan>
  /** Runs a write and judges its state until it holds or cannot. */
  readonly write: (name: string, input: Record<string, unknown>) => Promise<{ settled: Settled; output: unknown; looks: number }>
  readonly health: () => Promise<Health>
  readonly findings: () => Promise<readonly Finding[]>
  readonly assets: () => Promise<readonly Asset[]>
  readonly census: () => Promise<readonly CensusItem[]>
}

/** What a toolbox's client is made from, and what its instance is called. */
export interface ToolboxOptions {
  configuration?: Record<string, unknown>
  instance?: string
}

const mostLooks = 20

/** Opens a service's tools on a connection. */
export async function openToolbox(
  service: Service,
  connection: Connection,
  { configuration = {}, instance = 'default' }: ToolboxOptions = {},
): Promise<Toolbox> {
  const client = await service.connect(configuration, connection)
  const facet = { instance, signal: new AbortController().signal }
  const context: WriteContext<unknown, unknown> = { ...facet, client, progress: () => undefined, state: undefined, touch: () => undefined }
  const toolOf = (name: string) => {
    const tool = service.tools.find(({ definition }) => definition.name === name)
    if (tool === undefined) throw new Error(`there is no tool ${name}`)
    return tool
  }
  const writeOf = (name: string, given: Record<string, unknown>) => {
    const tool = toolOf(name)
    if (tool.kind !== 'write') throw new Error(`${name} only reads`)
    return { definition: tool.definition, input: tool.definition.input.parse(given) }
  }
  return {
    client,
    context,
    async read(name, given = {}) {
      const tool = toolOf(name)
      if (tool.kind !== 'read') throw new Error(`${name} writes`)
      const { definition } = tool
      const input = definition.input.parse(given)
      const answer = await definition.run(input, context)
      // What makes one answer of several is called with one, too.
      const output = definition.gather === undefined ? answer : definition.gather([{ instance, output: answer }], input)
      return definition.output.parse(output) as Record<string, unknown>
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
        if (typeof settled === 'string' && looks < mostLooks) continue
        return {
          settled,
          output: settled === true && definition.verified !== undefined ? definition.verified(output, after) : output,
          looks,
        }
      }
    },
    health: async () => service.health(client, facet),
    findings: async () => (await service.findings?.(client, facet)) ?? [],
    assets: async () => (await service.assets?.(client, facet)) ?? [],
    census: async () => (await service.census?.(client, facet)) ?? [],
  }
}
