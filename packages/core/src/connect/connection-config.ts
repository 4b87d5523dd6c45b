import type { Duplex } from 'node:stream'
import type { DialTarget } from '../define/connection.ts'
import type { Log } from '../runtime/runtime.ts'

/** What a connection is made from: the fields of `httpConfig`, as far as a service has them; others are ignored. */
export interface ConnectionConfig {
  url?: string | undefined
  /** Further addresses of the same target, comma-separated: what is trusted at `url` is trusted there. */
  otherUrls?: string | undefined
  tlsFingerprint?: string | undefined
  tlsCa?: string | undefined
  tlsCertificate?: string | undefined
  tlsKey?: string | undefined
  tlsInsecure?: boolean | undefined
  timeoutMs?: number | undefined
}

/** Sockets that begin on another machine. */
export interface Tunnel {
  /** The machine, as messages name it: `nas:22`. */
  name: string
  /** Opens a socket there; fails with a `ToolError`. */
  dial(target: DialTarget): Promise<Duplex>
}

/** What a connection is given besides its configuration. */
export interface ConnectionDependencies {
  log: Log
  /** Where requests and raw streams go out, if not from this machine; programs do not go through it. */
  tunnel?: Tunnel | undefined
}
