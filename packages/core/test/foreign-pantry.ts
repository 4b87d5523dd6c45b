import type { Ask, CallResult, ForeignServers, ListName, Mount, Question, RegisteredTool, RunContext } from '@rackwarden/core/runtime'

/** What its tools do when they are called. */
export type Doing = (input: Record<string, unknown>, context: RunContext & { ask: Ask }) => unknown

/** An MCP server of somebody else's, as core sees it: tools that come and go. */
export interface Pantry extends ForeignServers {
  /** Offers exactly these tools from now on. */
  offer(tools: Readonly<Record<string, Doing>>): void
  /** Leaves its tools out of the lists, or puts them back. */
  withdraw(isWithdrawn: boolean): void
  closed: boolean
}

/** A question as a foreign tool puts it. */
export const whichJar: Question = {
  method: 'elicitation/create',
  params: { message: 'pantry asks: which jar?', requestedSchema: { type: 'object', properties: { jar: { type: 'string' } } } },
}

/** Makes a pantry with nothing in it. */
export function createPantry({ service = 'pantry', prefix = 'pantry_' } = {}): Pantry {
  const watchers = new Set<(list: ListName) => void>()
  const changed = () => {
    for (const tell of watchers) tell('tools')
  }
  let [tools, isWithdrawn]: [ReadonlyMap<string, RegisteredTool>, boolean] = [new Map(), false]
  const pantry: Pantry = {
    closed: false,
    mounts: () => [mountOf(service, prefix, tools, isWithdrawn)],
    resources: { list: () => [], templates: () => [], read: async () => undefined },
    prompts: { list: () => [], get: async () => undefined },
    complete: async () => undefined,
    watch(tell) {
      watchers.add(tell)
      return () => watchers.delete(tell)
    },
    connect: () => undefined,
    configure: () => undefined,
    close: async () => void (pantry.closed = true),
    offer(offered) {
      tools = new Map(Object.entries(offered).map(([name, doing]) => [name, foreignTool(name, doing)]))
      changed()
    },
    withdraw(withdrawn) {
      isWithdrawn = withdrawn
      changed()
    },
  }
  return pantry
}

/** What a question asked, by the name it is answered under; throws where nothing was asked. */
export function askedIn(result: CallResult): { ask: Record<string, Question>; state: unknown } {
  if (result.kind !== 'pending' || result.questions === undefined) throw new Error(`nothing was asked: ${result.text}`)
  return { ask: { ...result.questions.ask }, state: result.questions.state }
}

function foreignTool(name: string, doing: Doing): RegisteredTool {
  return {
    name,
    title: name,
    description: `Does ${name}.`,
    access: 'observe',
    internal: false,
    untrusted: true,
    keep: 'head',
    asks: true,
    input: { jsonSchema: { type: 'object', properties: { jar: { type: 'string' } } }, parse: (value) => ({ ...value }) },
    output: { jsonSchema: { type: 'object' }, parse: (value) => value },
    run: async (input, context) => doing(input, context as RunContext & { ask: Ask }),
    writes: false,
  }
}

function mountOf(service: string, prefix: string, tools: ReadonlyMap<string, RegisteredTool>, isWithdrawn: boolean): Mount {
  return {
    service,
    title: 'Pantry',
    prefix,
    tier: undefined,
    tools,
    isWithdrawn,
    instances: [
      {
        name: 'default',
        host: undefined,
        jump: undefined,
        problem: undefined,
        client: () => Promise.resolve({}),
        dropAfter: () => undefined,
        close: () => Promise.resolve(),
      },
    ],
    isMirrored: false,
    missing: [],
    facets: undefined,
    watchers: undefined,
    fields: {},
  }
}
