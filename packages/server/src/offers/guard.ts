import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Log } from '@rackwarden/core/runtime'

/** Asks a surface for something so that what it throws goes to the log, not to the client. */
export type Guard = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>

/** Makes the guard before a surface. */
export function createGuard(log: Log): Guard {
  return async (what, work) => {
    try {
      return await work()
    } catch (error) {
      log('error', `${what}: ${error instanceof Error ? error.message : String(error)}`)
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'The call failed inside the server; its log says why.')
    }
  }
}
