import type { ApiClient } from '@rackwarden/core'

/** How the parts of the client reach the engine. */
export interface EngineCalls {
  api: ApiClient
  /** The path with the version that was agreed on. */
  at: (path: string, signal: AbortSignal) => Promise<string>
}
