import type { Measures } from '../measure/measures.ts'
import type { Tracing } from '../measure/tracing.ts'
import type { AuditLog } from '../record/audit.ts'
import type { StateStore } from '../record/state-store.ts'
import type { SecretFilter } from '../present/redact.ts'

/** Time as a process sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Waits; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Does something later; the answer takes it back. Far cheaper than a sleep that is aborted. */
  after(milliseconds: number, then: () => void): () => void
}

/** How much a line of the log matters, the least first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** How much a line of the log matters. */
export type LogLevel = (typeof logLevels)[number]

/** What a line of the log says besides its message, for whoever reads it by program. */
export type LogFields = Readonly<Record<string, string | number | undefined>>

/** One line for the owner, on stderr; never stdout, which belongs to the protocol. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void

/** Everything that would otherwise be module state, made once by whoever owns the process and passed on. */
export interface Runtime {
  readonly version: string
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly secrets: SecretFilter
  readonly store: StateStore
  readonly audit: AuditLog
  readonly measures: Measures
  /** Follows calls through their steps, where somebody collects that. */
  readonly tracing?: Tracing | undefined
  /** Flushes the audit; to be called last. */
  close(): Promise<void>
}
