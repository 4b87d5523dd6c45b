/** What opening a way out is given besides its configuration. */
export interface OpenContext {
  /** One line for the owner, on stderr. */
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void
}
