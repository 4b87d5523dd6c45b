import { ToolError, type ErrorCode } from '../define/error.ts'

/** What was talked to, as a message may name it: no user, no password, no query. */
export interface Place {
  name: string
  socketPath?: string | undefined
  /** How long it may take to take a connection. */
  connectTimeoutMs: number
}

const socketGone = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED'])
const noRoute = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'])
const tooSlow = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** The system's or library's code of a failure, looked for through its causes. */
export function codeOf(error: unknown): string {
  for (let current = error, depth = 0; typeof current === 'object' && current !== null && depth < 5; depth++) {
    // undici's parser gives its errors a name, but not always a code.
    if (current instanceof Error && current.name === 'HTTPParserError') return 'HPE_INVALID'
    if ('code' in current && typeof current.code === 'string') return current.code
    current = 'cause' in current ? current.cause : undefined
  }
  return ''
}

/** True where the same attempt may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  if (ToolError.isInstance(error)) return false
  const code = codeOf(error)
  return code === 'ECONNREFUSED' || code === 'EAI_AGAIN' || socketGone.has(code) || noRoute.has(code) || tooSlow.has(code)
}

/** Says a failure below HTTP in our words; what is a `ToolError` already stays as it is. */
export function failureOf(error: unknown, place: Place): ToolError {
  if (ToolError.isInstance(error)) return error
  const [code, message, hint] = describe(codeOf(error), place)
  return new ToolError(code, message, { hint, cause: error })
}

/** The same once the answer had begun: what is missing is its end. */
export function bodyFailureOf(error: unknown, place: Place): ToolError {
  if (ToolError.isInstance(error)) return error
  return new ToolError('upstream', `The answer of ${place.name} broke off before its end.`, {
    hint: 'Try again; if it keeps breaking off, look at the logs of the service and of any proxy in between.',
    cause: error,
  })
}

/** A limit that was reached, in milliseconds. */
export function timeoutOf(place: Place, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${place.name} did not answer in full within ${timeoutMs} ms.`, {
    hint: 'It may be overloaded or its address may lead nowhere. Try again, or raise timeoutMs.',
  })
}

function describe(code: string, place: Place): [ErrorCode, string, string?] {
  const { name, socketPath } = place
  if (code === 'ENOENT')
    return ['unreachable', `There is no socket at ${socketPath ?? name}.`, 'Is the service running, and is the path right?']
  if (code === 'EACCES' || code === 'EPERM')
    return [
      'unreachable',
      `This user may not open ${name}.`,
      `Add the user to the group that owns it (\`ls -l ${socketPath ?? ''}\` shows which) and log in again.`,
    ]
  if (code === 'ECONNREFUSED')
    return socketPath === undefined
      ? ['unreachable', `${name} refused the connection.`, 'Is the service running, and is the port right?']
      : ['unreachable', `Nothing listens at ${name}.`, 'Is the service running?']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return ['unreachable', `The name of ${name} does not resolve.`, 'Check the spelling of the host, or use its IP address.']
  if (noRoute.has(code)) return ['unreachable', `There is no route to ${name}.`, 'Is the host up, and on a network this machine reaches?']
  if (socketGone.has(code)) return ['unreachable', `${name} closed the connection before it had answered.`, hintForClosed(name)]
  if (tooSlow.has(code))
    return [
      'timeout',
      `${name} did not take the connection within ${place.connectTimeoutMs} ms.`,
      'Is the host up, and does a firewall drop the packets?',
    ]
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return ['unreachable', `${name} does not speak TLS.`, 'Is it http where https is configured?']
  if (/^ERR_SSL_.*CERTIFICATE_REQUIRED|^ERR_SSL_.*HANDSHAKE_FAILURE/.test(code))
    return ['unreachable', `${name} ended the TLS handshake.`, 'If it asks for a client certificate, set tlsCertificate and tlsKey.']
  if (/^ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA|DECRYPT)/.test(code))
    return ['unreachable', `${name} refused the client certificate.`, 'Are tlsCertificate and tlsKey the ones it knows?']
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
    return [
      'unreachable',
      `The TLS handshake with ${name} failed (${code}).`,
      'Is the port right, and does the service speak TLS 1.2 or later?',
    ]
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW')
    return ['upstream', `${name} answered with something that is not HTTP.`, 'Is the port right? Is it https where http is configured?']
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return ['unreachable', `The connection to ${name} was closed.`]
  if (code === 'UND_ERR_INVALID_ARG')
    return ['invalid_input', `The request to ${name} could not be written.`, 'Does a configured value hold a line break?']
  return ['upstream', `The exchange with ${name} failed${code === '' ? '' : ` (${code})`}.`]
}

function hintForClosed(name: string): string {
  if (name.startsWith('https:')) return 'Is it restarting? If it asks for a client certificate, set tlsCertificate and tlsKey.'
  return name.startsWith('http:') ? 'Is it restarting? Is it https where http is configured?' : 'Is it restarting?'
}
