import { ToolError } from '@rackwarden/core'
import { cleanText } from '@rackwarden/core/runtime'
import type { Terminal } from './terminal.ts'

/** How a command ends. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, approvalRequired: 3 } as const

/** Says in one line what went wrong and in another what to do; never a stack. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (!ToolError.isInstance(error)) {
    terminal.complain(`error: ${error instanceof Error ? error.message : String(error)}`)
    return exitCodes.failed
  }
  complainOf(error, terminal)
  return error.code === 'invalid_input' ? exitCodes.usage : exitCodes.failed
}

/** Prints a failure: code, message, hint. */
export function complainOf(
  { code, message, hint }: { code: string; message: string; hint?: string | undefined },
  terminal: Terminal,
): void {
  terminal.complain(`error: ${code}: ${cleanText(message)}`)
  if (hint !== undefined) terminal.complain(cleanText(hint))
}

/** commander has said what was wrong by the time it throws. */
function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.')
}
