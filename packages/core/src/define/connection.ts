import type { Duplex } from 'node:stream'

/** What a request may carry beyond the standard `RequestInit`. */
export interface FetchOptions extends RequestInit {
  /** Limit for the whole exchange, in milliseconds. */
  timeoutMs?: number
  /** Largest body accepted, in bytes. */
  maxBytes?: number
  /** Whether a failed attempt may be repeated; by default what the method says. */
  idempotent?: boolean
}

/** How one program is run: no shell is involved. */
export interface ExecOptions {
  stdin?: string | Uint8Array
  timeoutMs?: number
  /** Cap on each of stdout and stderr, in bytes; what is over it is cut and said. */
  maxBytes?: number
  /** Which end of each is kept where it is cut; the head when not given. */
  keep?: 'head' | 'tail'
  signal?: AbortSignal
}

/** What a program left behind. */
export interface ExecResult {
  exitCode: number
  stdout: string
  stderr: string
  /** True where either stream was cut at `maxBytes`. */
  truncated: boolean
  /** How many bytes it wrote to each in all, where one was cut. */
  written?: { stdout: number; stderr: number }
}

/** How one datagram is answered. */
export interface DatagramOptions {
  timeoutMs?: number
  signal?: AbortSignal
  /** What is no answer to it is passed over; everything is one when not given. */
  accept?: (answer: Uint8Array) => boolean
}

/** Where a raw stream leads to; with `tls` it is one only the instance's own trust lets through: its authority, its pin. */
export type DialTarget = { host: string; port: number; tls?: boolean } | { socketPath: string }

/**
 * The only way out of the process: tests, simulators, SSH and the real network all come in through it.
 * Every method throws `ToolError` (`unreachable`, `timeout`, `upstream`, `invalid_config`) when it cannot do its part.
 */
export interface Connection {
  /** Sends one HTTP request; a path is resolved against the instance's `url`. Any status is an answer. */
  fetch(target: string, options?: FetchOptions): Promise<Response>
  /** Runs one program with an argument vector. A non-zero exit code is an answer. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Opens a raw stream. */
  dial(target: DialTarget): Promise<Duplex>
  /** Sends one datagram and gives its answer; absent where the way carries none, as through a tunnel. */
  datagram?(target: { host: string; port: number }, payload: Uint8Array, options?: DatagramOptions): Promise<Uint8Array>
  /** Lets go of sockets and child processes. */
  close?(): Promise<void>
}
