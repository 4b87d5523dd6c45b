/** Every way a call can fail; the list is closed. */
export const errorCodes = [
  'invalid_input',
  'not_found',
  'conflict',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'unreachable',
  'timeout',
  'upstream',
  'protected',
  'denied',
  'pending',
  'invalid_config',
] as const

/** One of the closed list of failure codes. */
export type ErrorCode = (typeof errorCodes)[number]

const marker = Symbol.for('rackwarden.ToolError')

/** What may accompany a `ToolError`: what to do about it, when it may be over, and what caused it. */
export interface ToolErrorOptions {
  hint?: string | undefined
  /** Seconds after which the same call may succeed. */
  retryAfterSeconds?: number | undefined
  cause?: unknown
}

/** The one error class: a code, what happened (`message`) and what to do (`hint`). */
export class ToolError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly [marker] = true

  constructor(code: ErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ToolError'
    this.code = code
    this.hint = options.hint
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  /** Recognises a `ToolError` even when it was made by another copy of this package. */
  static isInstance(value: unknown): value is ToolError {
    return typeof value === 'object' && value !== null && marker in value
  }
}
