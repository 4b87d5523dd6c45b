import { userInfo } from 'node:os'
import { ToolError } from '@rackwarden/core'

/** One machine to log in to. */
export interface HostAddress {
  user: string
  host: string
  port: number
  /** As messages name it: `nas:22`. */
  name: string
}

/** A machine, and the socket on it that requests go to, where the url names one. */
export interface SshAddress extends HostAddress {
  socketPath: string | undefined
}

/** Reads `ssh://user@host[:port][/path]`; throws `invalid_config` where it is none. */
export function parseSshUrl(url: string): SshAddress {
  const parsed = /^ssh:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || parsed.hostname === '')
    throw new ToolError('invalid_config', 'The configured url is no address of an SSH host.', {
      hint: 'Write ssh://user@host, with :port where it is not 22.',
    })
  const path = decoded(parsed.pathname, 'url')
  return { ...hostOf(parsed, 'url'), socketPath: path === '' || path === '/' ? undefined : path }
}

/** Reads `user@host[:port]`, as `sshJump` has it. */
export function parseHost(text: string): HostAddress {
  const url = `ssh://${text.replace(/^ssh:\/\//i, '')}`
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || parsed.hostname === '' || !['', '/'].includes(parsed.pathname) || text.includes(','))
    throw new ToolError('invalid_config', 'sshJump is no address of a host.', {
      hint: 'Write user@host or user@host:port; one host can be gone through.',
    })
  return hostOf(parsed, 'sshJump')
}

function hostOf(parsed: URL, field: string): HostAddress {
  if (parsed.password !== '')
    throw new ToolError('invalid_config', `${field} holds a password.`, { hint: 'Put it into sshPassword, where it is kept secret.' })
  const host = decoded(parsed.hostname.replace(/^\[|\]$/g, ''), field)
  if (!/^[\p{L}\p{N}._:%-]+$/u.test(host) || host.startsWith('-'))
    throw new ToolError('invalid_config', `${field} names a host that cannot be one.`, { hint: 'Check the spelling.' })
  const port = parsed.port === '' ? 22 : Number(parsed.port)
  return { user: userOf(parsed, field), host, port, name: `${host.includes(':') ? `[${host}]` : host}:${port}` }
}

function userOf(parsed: URL, field: string): string {
  if (parsed.username !== '') return decoded(parsed.username, field)
  try {
    return userInfo().username
  } catch (error) {
    throw new ToolError('invalid_config', `${field} names no user, and this process runs as one without a name.`, {
      hint: 'Write user@ before the host.',
      cause: error,
    })
  }
}

function decoded(text: string, field: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ToolError('invalid_config', `${field} has a % that begins no escape.`, { hint: 'Write %25 for a percent sign.' })
  }
}
