/** What is said of a span: names and numbers, never an address, an input or an answer. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>

/** One piece of work that is followed. */
export interface Span {
  /** Says more of it. */
  set(attributes: SpanAttributes): void
  /** Says that it failed, by a code. */
  fail(code: string): void
}

/** What a piece of work is, before it is begun. */
export interface SpanStart {
  name: string
  /** Whether it is somebody's request, a question to others, or a step of ours. */
  kind?: 'server' | 'client'
  attributes?: SpanAttributes
  /** The `traceparent` of whoever asked for it; without one it belongs to the work it is done in. */
  parent?: string | undefined
}

/** Follows work through its steps. */
export interface Tracing {
  span<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>
}

const nobody: Span = { set: () => undefined, fail: () => undefined }

/** Does a piece of work, followed where somebody collects that. */
export function traced<T>(tracing: Tracing | undefined, start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  return tracing === undefined ? work(nobody) : tracing.span(start, work)
}
