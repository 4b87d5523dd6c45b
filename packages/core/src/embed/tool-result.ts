import type { Content } from '../call/content.ts'
import type { CallResult } from '../call/result.ts'

/** What a client is sent: text for the model to read, or the typed object alone. Never both. */
export type ResultForm = 'text' | 'structured'

/** A result as it goes over the wire. */
export interface ToolResult {
  [key: string]: unknown
  content: readonly Content[]
  structuredContent?: Record<string, unknown>
  isError?: true
}

/** Turns the outcome of a call into what goes over the wire. A plan is not an error. */
export function toolResultOf(result: CallResult, form: ResultForm): ToolResult {
  const { content, ...typed } = { content: undefined, ...typedPartOf(result) }
  const shown = content ?? [{ type: 'text', text: result.text }]
  if (result.kind === 'error') return { content: shown, isError: true }
  return form === 'text' ? { content: shown } : { content: content ?? [], structuredContent: typed }
}

/** The typed part of a result: what a program reads. What a client is asked goes to the client, and nowhere else. */
export function typedPartOf(result: CallResult): TypedPart {
  const { text: _, ...typed } = result
  if (typed.kind !== 'pending') return typed
  const { questions: _asked, ...rest } = typed
  return rest
}

type TypedPart = CallResult extends infer Result ? (Result extends CallResult ? Omit<Result, 'text' | 'questions'> : never) : never
