import { createHash } from 'node:crypto'

/** One line of the audit, before it is chained. */
export interface AuditEntry {
  /** Joins intent and outcome of one call. */
  call: string
  /** A read, what is about to be done, what came of it, what a person was asked or decided, what became of the audit itself, or of the configuration. */
  kind: 'read' | 'intent' | 'outcome' | 'approval' | 'retention' | 'anchor' | 'configuration'
  principal: string
  /** The address the call came from, over HTTP. */
  from?: string
  tool: string
  service: string
  instances: readonly string[]
  access: string
  /** Already redacted. */
  input: unknown
  /** How it ended (`done`, `error`, …, for an approval `requested`, `announced`, `approved`, `rejected`, `expired`); not on an intent. */
  result?: string
  /** Code and message of a failure, already redacted. */
  error?: string
  /** Summary of the plan that ran. */
  summary?: string
  targets?: readonly string[]
  /** Who agreed: `none`, `token`, `elicitation`, `cli:<user>`, `notify:<user>`, `rule:<name>`. */
  approval?: string
  /** Id of the change in the journal. */
  change?: string
  milliseconds?: number
  /** How many calls the line stands for, where it is more than the one it names. */
  times?: number
  /** Files that are removed because they are past what is kept. */
  removed?: readonly RemovedFile[]
}

/** A file as it was when it was removed. */
export interface RemovedFile extends AuditHead {
  /** Number of its last line. */
  sequence: number
}

/** What chains a line to the one before it. */
export interface ChainLink {
  sequence: number
  /** ISO 8601. */
  at: string
  /** SHA-256 of the line before, of nothing at the start of a chain. */
  previous: string
}

/** A line of the audit as it stands in a file. */
export type AuditLine = AuditEntry & ChainLink & { file: string }

/** How far a file has come: what an anchor outside the directory holds on to. */
export interface AuditHead {
  name: string
  /** Up to the end of its last complete line. */
  bytes: number
  /** SHA-256 of that line. */
  head: string
}

/** The first line of a file. */
export interface AuditStart extends ChainLink {
  kind: 'start'
  version: string
  pid: number
  /** The file this one goes on from. */
  continues?: string
  /** Reads that could not be kept while nothing could be written. */
  lost?: number
  /** Other files as they were then: each that no file named before, and each that has grown since it was named. */
  files: AuditHead[]
}

/** Where a chain begins: the hash of nothing, written out so that a start does not compute it. */
export const chainStart = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** SHA-256 in hexadecimal. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
