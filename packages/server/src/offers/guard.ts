import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { ToolError } from '@rackwarden/core'
import type { Log } from '@rackwarden/core/runtime'

/** What another request would not meet. */
const callerErrors: ReadonlySet<string> = new Set(['invalid_input', 'not_found', 'denied', 'forbidden'])

/** Asks a surface for something so that what it throws goes to the log, not to the client; what it refuses is said to the client. */
export type Guard = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>

/** Makes the guard before a surface. */
export function createGuard(log: Log): Guard {
  return async (what, work) => {
    try {
      return await work()
    } catch (error) {
      if (ToolError.isInstance(error))
        throw new ProtocolError(
          callerErrors.has(error.code) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
          [`${error.code}: ${error.message}`, ...(error.hint === undefined ? [] : [error.hint])].join('\n'),
        )
      log('error', `${what}: ${error instanceof Error ? error.message : String(error)}`)
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'The call failed inside the server; its log says why.')
    }
  }
}
