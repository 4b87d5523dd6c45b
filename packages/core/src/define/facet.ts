/** How bad a finding is, worst first. */
export const severities = ['critical', 'warning', 'notice'] as const

/** How bad a finding is. */
export type Severity = (typeof severities)[number]

/** One thing that is wrong now, with the tool to call next. */
export interface Finding {
  /** Stable across runs: the same trouble keeps its id. */
  id: string
  severity: Severity
  /** `service[@instance]/kind/name` of what is wrong. */
  target: string
  title: string
  /** What was seen, in one line. */
  evidence: string
  /** ISO 8601 time since when, where the upstream knows. */
  since?: string
  /** The tool of the same service, unprefixed, to call next. */
  next?: { tool: string; input: Record<string, unknown> }
}

/** One thing that exists, with every name and address it is known by. */
export interface Asset {
  /** `service[@instance]/kind/name`. */
  target: string
  kind: string
  name: string
  aliases: readonly string[]
  addresses: readonly string[]
  macs: readonly string[]
  /** Target of what it lives on. */
  parent?: string
  state?: string
}

/** What a health check saw. A check that cannot see it throws instead. */
export interface Health {
  version?: string
  /** True where it answers but something about it is wrong. */
  degraded?: boolean
  /** The facts the verdict rests on, in one line. */
  evidence: string
}
