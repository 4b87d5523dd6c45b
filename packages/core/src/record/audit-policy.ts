/** What becomes of the audit while a server runs. */
export interface AuditPolicy {
  /** Where heads are kept outside the directory. */
  anchor?: {
    everyMs: number
    /** Given a line of JSON for each head on its standard input. */
    command: readonly string[]
  }
  /** How much is kept; whatever is reached first counts. */
  retention?: { days?: number; megabytes?: number }
}
