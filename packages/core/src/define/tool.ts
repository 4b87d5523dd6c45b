import type { z } from 'zod'
import type { Access } from './access.ts'
import type { Plan } from './plan.ts'

/** What every handler is given besides its input. */
export interface ReadContext<Client> {
  client: Client
  /** Name of the instance the client talks to. */
  instance: string
  /** Aborted when the caller cancels or the process ends. */
  signal: AbortSignal
  /** Where this process keeps plans, approvals and audit; absent where nothing is kept. */
  stateDirectory?: string
  /** What else is configured that is on the host of this instance or, where hosts are given, on these; or reached through it: `service@instance`. */
  dependents?: (hosts?: readonly string[]) => readonly string[]
  /** Clients of the other instances of a mirrored service, by name. */
  mirrors?: Readonly<Record<string, () => Promise<Client>>>
  /** Tells a waiting caller how far the work is, in one line; and what the upstream calls its work, where that goes on without us. */
  progress: (message: string, done?: number, total?: number, task?: string) => void
}

/** What the handlers of a write are given: the state they were planned from, too. */
export interface WriteContext<Client, State> extends ReadContext<Client> {
  state: State
  /** Told by `run` before it touches what the plan did not name; throws `protected` where nobody may. */
  touch: (...targets: readonly string[]) => void
}

/** The call that takes a change back: a tool of the same service, unprefixed, and its input. */
export interface Inverse {
  tool: string
  input: Record<string, unknown>
}

/** Settled, not yet (the reason, in words), or never to be. */
export type Settled = true | string | { failed: string }

type Awaitable<T> = T | Promise<T>
type InputShape = z.ZodObject

/** What every tool says of itself, before any handler. */
interface ToolBase<Input extends InputShape, Output extends z.ZodType> {
  /** `verb_noun` in snake_case, unprefixed. */
  name: string
  /** For a person, in a few words. */
  title: string
  /** For a model that must choose; at most 120 characters. */
  description: string
  input: Input
  output: Output
  /** How the model reads the result where the general table does not serve. */
  text?: (output: z.output<NoInfer<Output>>, input: z.output<NoInfer<Input>>) => string
  /** True where the output holds text somebody else wrote: logs, titles, files. */
  untrusted?: boolean
  /** Which end of an output too long to show matters; `tail` for logs. */
  keep?: 'head' | 'tail'
  /** What a result may cost where that is not 2,000 tokens; never more than 10,000. */
  budgetTokens?: number
  /** How to ask for less, where its inputs do not say it. */
  narrowing?: string
  /** The toolset of the service it belongs to; a service with more than 14 tools has them. */
  toolset?: string
}

/** A tool that only reads. */
export interface ObserveDefinition<Client, Input extends InputShape, Output extends z.ZodType> extends ToolBase<Input, Output> {
  access: 'observe'
  run: (input: z.output<NoInfer<Input>>, context: ReadContext<Client>) => Awaitable<z.input<NoInfer<Output>>>
  gather?: never
}

/** A tool that reads from every instance and makes one answer of what they say, where rows beside each other are not enough. */
export interface GatherDefinition<Client, Input extends InputShape, Output extends z.ZodType, Answer> extends ToolBase<Input, Output> {
  access: 'observe'
  /** What one instance says, whole: only what is whole can be compared. */
  run: (input: z.output<NoInfer<Input>>, context: ReadContext<Client>) => Awaitable<Answer>
  /** The answer, cut into pages where it has any; called with one instance, too. */
  gather: (answers: readonly InstanceAnswer<NoInfer<Answer>>[], input: z.output<NoInfer<Input>>) => z.input<NoInfer<Output>>
}

/** What one instance answered. */
export interface InstanceAnswer<Answer> {
  instance: string
  output: Answer
}

/** Computes the call that takes the change back from the facts before it and what came of it. */
export type InverseOf<Input extends InputShape, Output extends z.ZodType, State> = (
  before: State,
  input: z.output<Input>,
  outcome: { after: State; output: z.output<Output> },
) => Inverse

/** The handlers every write has; keep this order, or inference of `State` is lost. */
interface WriteBase<Client, Input extends InputShape, Output extends z.ZodType, State> extends ToolBase<Input, Output> {
  /** True where running it twice leaves what running it once left. */
  idempotent?: boolean
  /** Reads the facts the write depends on, without clocks, counters or secrets; read again after it. */
  state: (input: z.output<NoInfer<Input>>, context: ReadContext<Client>) => Awaitable<State>
  /** The part of the state a plan is bound to, where not all of it is; a change elsewhere leaves a plan valid. */
  basis?: (state: NoInfer<State>) => unknown
  plan: (input: z.output<NoInfer<Input>>, context: WriteContext<Client, NoInfer<State>>) => Awaitable<Plan>
  run: (input: z.output<NoInfer<Input>>, context: WriteContext<Client, NoInfer<State>>) => Awaitable<z.input<NoInfer<Output>>>
  /** Judges the state after the write; polled until it holds or the deadline passes. */
  settled?: (after: NoInfer<State>, input: z.output<NoInfer<Input>>, before: NoInfer<State>) => Settled
  /** How long settling may take, in milliseconds; 30 seconds when not given. */
  settleWithinMs?: number
  /** The output as it stands once settled. */
  verified?: (output: z.output<NoInfer<Output>>, after: NoInfer<State>) => z.input<NoInfer<Output>>
  /** True for a tool that is only ever an inverse and never listed. */
  internal?: boolean
}

/** A write that changes nothing lasting, or runs a job its owner wrote. */
export interface OperateDefinition<Client, Input extends InputShape, Output extends z.ZodType, State> extends WriteBase<
  Client,
  Input,
  Output,
  State
> {
  access: 'operate'
  undo: InverseOf<NoInfer<Input>, NoInfer<Output>, NoInfer<State>> | 'transient'
}

/** A write that changes what persists; it always has an inverse. */
export interface ConfigureDefinition<Client, Input extends InputShape, Output extends z.ZodType, State> extends WriteBase<
  Client,
  Input,
  Output,
  State
> {
  access: 'configure'
  /** True where it writes inside of a machine: a way back to that can be taken first, where a service has one. */
  wayBackFirst?: true
  undo: InverseOf<NoInfer<Input>, NoInfer<Output>, NoInfer<State>>
}

/** A write that is unbounded, or cannot be taken back. */
export interface AdminDefinition<Client, Input extends InputShape, Output extends z.ZodType, State> extends WriteBase<
  Client,
  Input,
  Output,
  State
> {
  access: 'admin'
  /** True where it writes inside of a machine: a way back to that can be taken first, where a service has one. */
  wayBackFirst?: true
  /** `transient` for what is unbounded and leaves nothing lasting, as the restart of a host. */
  undo: InverseOf<NoInfer<Input>, NoInfer<Output>, NoInfer<State>> | 'transient' | 'irreversible'
}

/** A read as it is held by a service. */
export interface ReadTool<Client> {
  readonly kind: 'read'
  readonly definition: ObserveDefinition<Client, InputShape, z.ZodType> | GatherDefinition<Client, InputShape, z.ZodType, unknown>
}

/** A write as it is held by a service. */
export interface WriteTool<Client> {
  readonly kind: 'write'
  readonly definition: Omit<WriteBase<Client, InputShape, z.ZodType, unknown>, never> & {
    access: Exclude<Access, 'observe'>
    wayBackFirst?: true
    undo: InverseOf<InputShape, z.ZodType, unknown> | 'transient' | 'irreversible'
  }
}

/** Any tool of a service with this client. */
export type Tool<Client> = ReadTool<Client> | WriteTool<Client>

/** Defines one tool; what its access demands and it lacks is a type error. */
export interface DefineTool<Client> {
  <Input extends InputShape, Output extends z.ZodType>(definition: ObserveDefinition<Client, Input, Output>): ReadTool<Client>
  <Input extends InputShape, Output extends z.ZodType, Answer>(
    definition: GatherDefinition<Client, Input, Output, Answer>,
  ): ReadTool<Client>
  <Input extends InputShape, Output extends z.ZodType, State>(
    definition:
      | OperateDefinition<Client, Input, Output, State>
      | ConfigureDefinition<Client, Input, Output, State>
      | AdminDefinition<Client, Input, Output, State>,
  ): WriteTool<Client>
}

/** Inputs core injects where they apply; a definition may not have them. */
export const reservedInputs = ['confirm', 'instance', 'allow_partial', 'watchers', 'snapshot_first'] as const

/** Makes the `defineTool` of one service, with its client type fixed. */
export function toolsFor<Client>(): DefineTool<Client> {
  const define = (definition: { name: string; access: Access; input: InputShape }) => {
    for (const reserved of reservedInputs)
      if (reserved in definition.input.shape)
        throw new TypeError(`${definition.name}: the input '${reserved}' is reserved; core adds it where it applies`)
    return { kind: definition.access === 'observe' ? 'read' : 'write', definition }
  }
  return define as unknown as DefineTool<Client>
}
