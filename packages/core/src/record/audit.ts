/** One line of the audit, before it is chained. */
export interface AuditEntry {
  /** Joins intent and outcome of one call. */
  call: string
  /** A read, what is about to be done, or what came of it. */
  kind: 'read' | 'intent' | 'outcome'
  principal: string
  tool: string
  service: string
  instances: readonly string[]
  access: string
  /** Already redacted. */
  input: unknown
  /** How it ended (`done`, `error`, …); not on an intent. */
  result?: string
  /** Code and message of a failure, already redacted. */
  error?: string
  /** Summary of the plan that ran. */
  summary?: string
  targets?: readonly string[]
  /** Who agreed: `none`, `token`, later `elicitation`, `cli:<user>`, … */
  approval?: string
  /** Id of the change in the journal. */
  change?: string
  milliseconds?: number
}

/** Append-only, one file and one hash chain per process. */
export interface AuditLog {
  /** Buffered up to a second: for reads. */
  record(entry: AuditEntry): void
  /** On disk (fdatasync) when it resolves; a write whose intent rejects must not happen. */
  commit(entry: AuditEntry): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
}
