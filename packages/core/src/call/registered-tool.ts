import type { z } from 'zod'
import type { Access } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import type { InstanceAnswer, Inverse, ReadContext, Settled, Tool, WriteContext, WriteTool } from '../define/tool.ts'
import type { Content } from './content.ts'
import { leanSchema, type JsonSchema } from './json-schema.ts'
import type { Ask } from './parked-calls.ts'
import { parseInput } from './parse-input.ts'

/** Plain input of a tool, parsed. */
export type Input = Record<string, unknown>

/** What `run` is given beyond what a service's handlers know. */
export interface RunContext extends WriteContext<unknown, unknown> {
  /** Puts a question to the client; there only for tools that ask. */
  ask?: Ask
  /** Adds a block that is no text, an image say, to what the client is shown. */
  attach: (block: Content) => void
}

/** What a write has beyond `run`. */
export interface RegisteredWrite {
  readonly idempotent: boolean
  readonly settleWithinMs: number
  readonly undo: 'transient' | 'irreversible' | ((before: unknown, input: Input, outcome: { after: unknown; output: unknown }) => Inverse)
  state(input: Input, context: ReadContext<unknown>): Promise<unknown>
  /** What a plan is bound to. */
  basis(state: unknown): unknown
  plan(input: Input, context: WriteContext<unknown, unknown>): Promise<Plan>
  /** True where its state says nothing of what it does: after a failure, whether it took effect cannot be seen. */
  readonly isBlind?: boolean
  /** Whether a way back can be taken before it. */
  readonly wayBackFirst?: boolean
  /** Whether it is waited for at all. */
  readonly settles: boolean
  settled(after: unknown, input: Input, before: unknown): Settled
  verified(output: unknown, after: unknown): unknown
}

/** A tool with its types forgotten: what registries hold and the call path runs, ours and foreign ones alike. */
export interface RegisteredTool {
  /** Unprefixed. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly access: Access
  readonly internal: boolean
  readonly untrusted: boolean
  /** Which end of an output too long to show matters. */
  readonly keep: 'head' | 'tail'
  /** What a result may cost where that is not the usual. */
  readonly budgetTokens?: number
  /** How to ask for less, where its inputs do not say it. */
  readonly narrowing?: string
  /** The toolset it belongs to, where its service has any. */
  readonly toolset?: string
  readonly input: { readonly jsonSchema: JsonSchema; parse(value: Readonly<Input>): Input }
  readonly output: { readonly jsonSchema: JsonSchema; parse(value: unknown): unknown }
  readonly text?: (output: unknown, input: Input) => string
  run(input: Input, context: RunContext): Promise<unknown>
  /** Whether `run` may ask the client. */
  readonly asks?: boolean
  /** Makes one answer of those of several instances. */
  readonly gather?: (answers: readonly InstanceAnswer<unknown>[], input: Input) => unknown
  /** Whether its calls are planned first. */
  readonly writes: boolean
  readonly write?: RegisteredWrite
  /** The change it takes back: such a tool does nothing itself, but stands for the inverse. */
  readonly changeOf?: (input: Input) => string
  /** The call it stands for: such a tool does nothing itself, and the path goes on with the tool that is named. */
  readonly calls?: (input: Readonly<Input>) => { tool: string; input: Readonly<Input> }
}

const defaultSettleMs = 30_000

/** Forgets the types of a tool; schemas are converted once, at the first use. */
export function registeredTool(tool: Tool<never>): RegisteredTool {
  const { definition } = tool as Tool<unknown>
  const inputSchema = once(() => leanSchema(definition.input, 'input'))
  // A bundle makes it when it is first read.
  const output = once(() => definition.output)
  const outputSchema = once(() => leanSchema(output(), 'output'))
  return {
    name: definition.name,
    title: definition.title,
    description: definition.description,
    access: definition.access,
    internal: 'internal' in definition && definition.internal,
    untrusted: definition.untrusted === true,
    keep: definition.keep ?? 'head',
    ...(definition.budgetTokens === undefined ? {} : { budgetTokens: definition.budgetTokens }),
    ...(definition.narrowing === undefined ? {} : { narrowing: definition.narrowing }),
    ...(definition.toolset === undefined ? {} : { toolset: definition.toolset }),
    input: {
      get jsonSchema() {
        return inputSchema()
      },
      parse: (value) => parseInput(definition.input, inputSchema(), value),
    },
    output: {
      get jsonSchema() {
        return outputSchema()
      },
      parse: (value) => parseOutput(definition.name, output(), value),
    },
    ...(definition.text === undefined ? {} : { text: definition.text }),
    run: async (input, context) => definition.run(input, context),
    ...('gather' in definition && definition.gather !== undefined ? { gather: definition.gather } : {}),
    writes: tool.kind === 'write',
    ...(tool.kind === 'write' ? { write: registeredWrite(tool as WriteTool<unknown>) } : {}),
  }
}

function registeredWrite({ definition }: WriteTool<unknown>): RegisteredWrite {
  return {
    idempotent: definition.idempotent === true,
    settleWithinMs: definition.settleWithinMs ?? defaultSettleMs,
    undo: definition.undo,
    wayBackFirst: definition.wayBackFirst === true,
    state: async (input, context) => definition.state(input, context),
    basis: (state) => (definition.basis === undefined ? state : definition.basis(state)),
    plan: async (input, context) => definition.plan(input, context),
    settles: definition.settled !== undefined,
    settled: (after, input, before) => (definition.settled === undefined ? true : definition.settled(after, input, before)),
    verified: (output, after) => (definition.verified === undefined ? output : definition.verified(output, after)),
  }
}

function parseOutput(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ToolError(
    'upstream',
    `${name} answered with something unexpected at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? ''}.`,
    {
      hint: 'The target may be of a version this release does not know; report it with both versions.',
    },
  )
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
