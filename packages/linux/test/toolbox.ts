import type { Connection, Finding, Health, Service, WriteContext } from '@rackwarden/core'

/** A service's tools on a connection, called without the path a call takes: what a tool itself does. */
export function toolboxOf(
  service: Service,
  connection: Connection,
  { config = {}, instance = 'default' }: { config?: Record<string, unknown>; instance?: string } = {},
) {
  const client = service.connect(config, connection)
  const facet = { instance, signal: new AbortController().signal }
  const contextOf = async (): Promise<WriteContext<unknown, unknown>> => ({
    ...facet,
    client: await client,
    progress: () => undefined,
    state: undefined,
  })
  const toolOf = (name: string) => {
    const tool = service.tools.find(({ definition }) => definition.name === name)
    if (tool === undefined) throw new Error(`there is no tool ${name}`)
    return tool
  }
  return {
    read: async (name: string, given: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
      const { definition } = toolOf(name)
      const input = definition.input.parse(given)
      return definition.output.parse(await definition.run(input, await contextOf())) as Record<string, unknown>
    },
    plan: async (name: string, given: Record<string, unknown>) => {
      const tool = toolOf(name)
      if (tool.kind !== 'write') throw new Error(`${name} only reads`)
      const input = tool.definition.input.parse(given)
      const context = await contextOf()
      return tool.definition.plan(input, { ...context, state: await tool.definition.state(input, context) })
    },
    health: async (): Promise<Health> => service.health(await client, facet),
    findings: async (): Promise<readonly Finding[]> => (await service.findings?.(await client, facet)) ?? [],
    assets: async () => (await service.assets?.(await client, facet)) ?? [],
    census: async () => (await service.census?.(await client, facet)) ?? [],
  }
}
