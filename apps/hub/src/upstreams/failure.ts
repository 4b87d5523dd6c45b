import { ToolError } from '@rackwarden/core'
import { tooLarge } from './program-transport.ts'
import { isRecord } from './definitions.ts'

const missingCapability = -32_021
const pageRequired = -32_042
const notFound = new Set([-32_002])
const invalidParameters = -32_602
const invalidRequest = -32_600

/** A failure of a foreign server, or on the way to it, in our words. What it said itself is quoted, and cut by whoever shows it. */
export function failureOf(error: unknown, name: string): ToolError {
  const own = toolErrorIn(error)
  if (own !== undefined) return own
  if (!(error instanceof Error)) return new ToolError('upstream', `${name} failed: ${String(error)}`)
  const { code, status, data } = error as { code?: unknown; status?: unknown; data?: unknown }
  if (typeof status === 'number') return httpFailure(status, name, error)
  if (error.name === 'UnauthorizedError') return unauthorized(name, error)
  if (typeof code === 'number') return protocolFailure({ code, message: error.message, data }, name, error)
  if (code === 'REQUEST_TIMEOUT')
    return new ToolError('timeout', `${name} did not answer in time.`, {
      hint: 'Raise connectTimeoutMs or timeoutMs of the upstream if it needs longer.',
      cause: error,
    })
  if (code === 'CLIENT_HTTP_AUTHENTICATION') return unauthorized(name, error)
  if (code === 'CLIENT_HTTP_FORBIDDEN') return httpFailure(403, name, error)
  if (code === 'CONNECTION_CLOSED' || code === 'NOT_CONNECTED' || code === 'SEND_FAILED')
    return new ToolError('unreachable', `${name} closed the connection.`, { hint: 'What it said before is in the log.', cause: error })
  if (typeof code === 'string') {
    const inner = error.cause === undefined ? undefined : failureOf(error.cause, name)
    if (inner !== undefined && inner.code !== 'upstream') return inner
    return new ToolError('upstream', `${name} does not speak the protocol as it should: ${error.message}`, {
      hint: 'Is it an MCP server, and is this its address?',
      cause: error,
    })
  }
  return new ToolError('upstream', `${name} failed: ${error.message}`, { cause: error })
}

/** Whether a failure may come of speaking the wrong era to a server. */
export function mayBeEra(error: unknown): boolean {
  if (toolErrorIn(error)?.code === 'timeout') return false
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown }
  return (
    typeof code === 'number' ||
    typeof status === 'number' ||
    (typeof code === 'string' && /^[A-Z_]+$/.test(code) && code !== 'REQUEST_TIMEOUT')
  )
}

/** Whether the server forgot the session a request was of, and so did nothing about it. */
export function isSessionGone(error: unknown): boolean {
  return (error as { status?: unknown } | undefined)?.status === 404
}

function toolErrorIn(error: unknown): ToolError | undefined {
  for (let [current, depth] = [error, 0]; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    if (ToolError.isInstance(current)) return current
    current = 'cause' in current ? current.cause : undefined
  }
  return undefined
}

function unauthorized(name: string, cause: unknown): ToolError {
  return new ToolError('unauthorized', `${name} wants to know who calls.`, {
    hint: 'Give its token: headers: { authorization: file:/path }, the file holding "Bearer …".',
    cause,
  })
}

function httpFailure(status: number, name: string, cause: unknown): ToolError {
  if (status === 401) return unauthorized(name, cause)
  if (status === 403)
    return new ToolError('forbidden', `${name} refuses this credential.`, { hint: 'Check the headers of the upstream.', cause })
  if (status === 429) return new ToolError('rate_limited', `${name} is asked too often.`, { hint: 'Wait, or lower concurrency.', cause })
  if (status === 404 || status === 405)
    return new ToolError('unreachable', `${name} answers ${status}: there is no MCP server at this path.`, {
      hint: 'Is the path right? A server of 2024 needs `type: sse`.',
      cause,
    })
  return new ToolError('upstream', `${name} answers with status ${status}.`, { hint: 'Its own log may say why.', cause })
}

function protocolFailure(
  { code, message, data }: { code: number; message: string; data: unknown },
  name: string,
  cause: unknown,
): ToolError {
  const said = message.replace(/^MCP error -?\d+: /, '')
  if (code === missingCapability) {
    const wanted = isRecord(data) && isRecord(data['requiredCapabilities']) ? Object.keys(data['requiredCapabilities']).join(', ') : said
    return new ToolError('denied', `${name} needs a client with: ${wanted}.`, {
      hint: 'Connect with a client that has it, and that lets it pass; there is no way around it.',
      cause,
    })
  }
  if (code === pageRequired)
    return new ToolError('denied', `${name} wants a page to be opened first: ${said}`, {
      hint: 'Open it yourself, if you trust it, and call again.',
      cause,
    })
  if (code === tooLarge) return new ToolError('upstream', said, { hint: 'Ask for less, or raise maxBytes of the upstream.', cause })
  if (notFound.has(code)) return new ToolError('not_found', `${name}: ${said}`, { cause })
  if (code === invalidParameters || code === invalidRequest)
    return new ToolError('invalid_input', `${name} refuses the input: ${said}`, { cause })
  return new ToolError('upstream', `${name} answered with an error: ${said}`, { cause })
}
