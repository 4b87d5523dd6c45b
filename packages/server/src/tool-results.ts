import type { CallToolResult } from '@modelcontextprotocol/server'
import type { CallResult } from '@rackwarden/core/runtime'

/** What a client is sent: text for the model to read, or the typed object alone. Never both. */
export type ResultForm = 'text' | 'structured'

/** Turns the outcome of a call into what goes over the wire. A plan is not an error. */
export function toolResultOf(result: CallResult, form: ResultForm): CallToolResult {
  const raw = 'content' in result ? result.content : undefined
  const content = (raw ?? [{ type: 'text', text: result.text }]) as CallToolResult['content']
  if (result.kind === 'error') return { content, isError: true }
  return form === 'text' || raw !== undefined ? { content } : { content: [], structuredContent: withoutText(result) }
}

/** The typed part of a result: what a program reads. */
export function withoutText(result: CallResult): Record<string, unknown> {
  const { text: _, ...typed } = result
  return typed
}
