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
  const { text, ...rest } = result
  const { content, ...typed } = { content: undefined, ...rest }
  const shown = content ?? [{ type: 'text', text }]
  if (result.kind === 'error') return { content: shown, isError: true }
  return form === 'text' ? { content: shown } : { content: content ?? [], structuredContent: typed }
}
