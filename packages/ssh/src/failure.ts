import { ToolError, type ErrorCode } from '@rackwarden/core'
import type { HostAddress } from './address.ts'

const longestDetail = 200

/** What the server, or the library that speaks to it, says of a failure. */
interface SshFailure {
  level?: string
  /** The reason of a refused channel, as SSH numbers it; a status, where it is about files. */
  reason?: number | string
  code?: number | string
  message?: string
}

/** Says why a host did not let us in. */
export function loginFailure(
  error: unknown,
  address: HostAddress,
  login: { tried: readonly string[]; offered: readonly string[] },
): ToolError {
  if (ToolError.isInstance(error)) return error
  const { level, message = '', code } = error as SshFailure
  const { name, user } = address
  if (level === 'client-authentication' || /authentication failures/i.test(message))
    return new ToolError('unauthorized', `${name} did not let '${user}' in; tried: ${login.tried.join(', ') || 'nothing'}.`, {
      hint: hintForLogin(message, login),
    })
  const [hint, said] = /no matching/i.test(message)
    ? [
        'Its SSH server is too old, or allows none of the algorithms that are still safe.',
        `shares no algorithm with this client: ${oneLine(message)}`,
      ]
    : /header|handshake|protocol|packet/i.test(message) && level !== 'client-socket' && code === undefined
      ? ['Is this the port of an SSH server?', 'does not speak SSH, or closed the connection before it had']
      : ['Is its SSH server up, and does a firewall or fail2ban turn this machine away?', `ended the login: ${oneLine(message)}`]
  return new ToolError('unreachable', `${name} ${said}.`, { hint, cause: error })
}

function hintForLogin(message: string, { tried, offered }: { tried: readonly string[]; offered: readonly string[] }): string {
  if (/too many/i.test(message))
    return 'The agent holds more keys than the server lets be tried: set sshKey to the right one and no sshAgent.'
  const accepts = offered.length === 0 ? '' : ` The server accepts: ${offered.map(oneLine).join(', ')}.`
  const isKey = tried.some((method) => method !== 'password')
  return `${isKey ? 'Is the public key in authorized_keys of that user?' : 'Check user and password.'}${accepts}`
}

/** The host took too long to let us in. */
export function loginTimeout({ name }: HostAddress, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${name} did not let us in within ${timeoutMs} ms.`, {
    hint: 'Is the host up and not overloaded, and does a firewall drop the packets?',
  })
}

/** A channel over a connection that stands was not opened in time: the connection only seems to stand. */
export function channelTimeout({ name }: HostAddress, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${name} did not react within ${timeoutMs} ms; the connection was given up.`, {
    hint: 'Is the host up and not overloaded? The next call connects anew.',
  })
}

/** The connection ended while something was under way. */
export function connectionLost({ name }: HostAddress): ToolError {
  return new ToolError('unreachable', `The connection to ${name} was lost.`, {
    hint: 'Did the host or its SSH server restart? The next call connects anew.',
  })
}

/** We ended the connection ourselves. */
export function connectionClosed({ name }: HostAddress): ToolError {
  return new ToolError('unreachable', `The connection to ${name} was closed.`)
}

/** What a channel was wanted for, as a message says it, and where to allow it. */
export interface Purpose {
  wanted: string
  allowedBy: string
  /** What to look at where the other end of a tunnel did not answer; undefined where there is none. */
  missing?: string
}

/** Says why the server opened no channel. */
export function channelFailure(error: unknown, { name }: HostAddress, purpose: Purpose): ToolError {
  if (ToolError.isInstance(error)) return error
  const { reason } = error as SshFailure
  const [code, said, hint]: [ErrorCode, string, string] =
    reason === 1
      ? ['forbidden', `${name} does not allow ${purpose.wanted}`, purpose.allowedBy]
      : reason === 2 && purpose.missing !== undefined
        ? ['unreachable', `${name} could not reach ${purpose.wanted}`, purpose.missing]
        : ['upstream', `${name} refused ${purpose.wanted}${detailOf(error)}`, purpose.allowedBy]
  return new ToolError(code, `${said}.`, { hint, cause: error })
}

/** True where the server refused a channel that it may open once another one is closed. */
export function isRefusedChannel(error: unknown): boolean {
  const { reason } = error as SshFailure
  return reason === 1 || reason === 2 || reason === 4
}

/** Says why a file could not be read or written. */
export function fileFailure(error: unknown, { name }: HostAddress, path: string): ToolError {
  if (ToolError.isInstance(error)) return error
  const { code } = error as SshFailure
  if (code === 2) return new ToolError('not_found', `There is no ${path} on ${name}.`, { cause: error })
  if (code === 3)
    return new ToolError('forbidden', `The user may not do this with ${path} on ${name}.`, {
      hint: 'Check its mode and owner.',
      cause: error,
    })
  if (code === 6 || code === 7 || code === undefined)
    return new ToolError('unreachable', `The connection to ${name} was lost.`, { cause: error })
  return new ToolError('upstream', `${name} could not do this with ${path}${detailOf(error)}.`, {
    hint: 'Is the disk full or read-only, or is it another kind of file?',
    cause: error,
  })
}

function detailOf(error: unknown): string {
  const text = oneLine((error as SshFailure).message ?? '')
  return text === '' ? '' : ` (${text})`
}

/** Text of the other side as a message may hold it. */
export function oneLine(text: string): string {
  return text
    .slice(0, longestDetail)
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
}
