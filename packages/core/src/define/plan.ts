/** What a write would do, told before it happens. */
export interface Plan {
  /** One sentence a person can agree to. */
  summary: string
  /** `service[@instance]/kind/name` of everything it touches. */
  targets: readonly string[]
  /** One line per fact that changes: `name: before → after`. */
  diff?: readonly string[]
  /** True where it is so already: there is nothing to do, and nobody is asked. */
  nothing?: boolean
  /** What may surprise, a sentence each. */
  warnings?: readonly string[]
}

/** Names what changes between two flat records, one line per field: `field: before → after`. */
export function diffOf(
  before: Readonly<Record<string, unknown>> | null | undefined,
  after: Readonly<Record<string, unknown>> | null | undefined,
): string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const lines: string[] = []
  for (const name of names) {
    const [was, is] = [show(before?.[name]), show(after?.[name])]
    if (was !== is) lines.push(`${name}: ${was} → ${is}`)
  }
  return lines
}

function show(value: unknown): string {
  if (value === undefined || value === null) return '(none)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
