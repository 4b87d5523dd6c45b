import type { CompletionRequest, Prompts, Resources } from './content.ts'
import type { Respondent } from './questions.ts'
import type { CallResult } from './result.ts'
import type { View } from './view.ts'

/** How far a call has come. */
export interface Progress {
  message: string
  done?: number
  total?: number
  /** What the upstream calls its work; known to core, and told to nobody else. */
  task?: string
}

/** One call, from any transport. */
export interface CallRequest extends View {
  name: string
  input: Readonly<Record<string, unknown>>
  signal?: AbortSignal
  progress?: (progress: Progress) => void
  /** Sends the client a line of its log, where the surface says that it logs. */
  log?: (entry: LogEntry) => void
  client?: Respondent
  /** The tool it was called by, where it is not listed itself. */
  by?: string
}

/** A line for the client's log. */
export interface LogEntry {
  level: 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency'
  data: unknown
  logger?: string
}

/** A tool as it is listed over MCP. */
export interface ToolListing {
  name: string
  description: string
  inputSchema: Record<string, unknown>
  outputSchema?: Record<string, unknown>
  /** Only what differs from the protocol's defaults. */
  annotations: { readOnlyHint?: boolean; destructiveHint?: boolean; idempotentHint?: boolean }
}

/** A list that may change while a process runs. */
export type ListName = 'tools' | 'resources' | 'prompts'

/** What a server serves. The call path is one implementation, a conformance fixture another. */
export interface Surface {
  readonly name: string
  readonly title: string
  readonly version: string
  /** Names that may stand behind `/mcp/`. */
  readonly services: readonly string[]
  /** Toolsets an address may ask for, each behind its service: `docker.images`. */
  readonly toolsets?: readonly string[]
  /** The tools of a view, sorted by name; the same array for the same rights. `structured` adds output schemas. */
  readonly list: (view: View, options?: { structured?: boolean }) => readonly ToolListing[]
  /** Never throws: a failure is a result. */
  readonly call: (request: CallRequest) => Promise<CallResult>
  /** Told of a call that was refused before it came this far, for the record. */
  readonly refused?: (request: CallRequest, why: string) => void
  /** What a model is told at the start, at most 200 tokens. */
  readonly instructions: (view: View) => string
  /** Calls back after a list changed, until the function it gives is called; lists that never change have none. */
  readonly watch?: (changed: (list: ListName) => void) => () => void
  /** Whether calls write to the client's log. */
  readonly logs?: boolean
  readonly resources?: Resources
  readonly prompts?: Prompts
  /** Values a field being filled in may have, the likeliest first. */
  readonly complete?: (request: CompletionRequest) => Promise<readonly string[]>
}
