import { failureOf, statusError, ToolError } from '@rackwarden/core'

const name = 'Uptime Kuma'

/** What the library says of a connection that failed: a name, and somewhere within it what happened. */
export interface LibraryFailure {
  message?: string
  /** What its WebSocket said. */
  description?: unknown
}

/** Says why the library could not connect, or no longer is, in our words. */
export async function connectionFailure({ message = '', description }: LibraryFailure, timeoutMs: number): Promise<ToolError> {
  const place = { name, connectTimeoutMs: timeoutMs }
  if (message === 'timeout') return timedOut('to connect', timeoutMs)
  const { error, message: said = '' } = (description ?? {}) as { error?: unknown; message?: string }
  const status = Number(/Unexpected server response: (\d{3})/.exec(said)?.[1])
  if (status >= 200 && status < 400)
    return new ToolError('upstream', `What answers there is not ${name}.`, {
      hint: 'Is url the address of Uptime Kuma itself, with its port (often 3001), or of a proxy that leads WebSockets through?',
    })
  if (status >= 400 && status < 600) return statusError(new Response(null, { status }), { name })
  const code = (error as { code?: string } | undefined)?.code ?? ''
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return new ToolError('upstream', `${name} says more at once than is taken.`, { hint: 'Has it thousands of monitors? Remove some.' })
  if (code.startsWith('WS_ERR') || message === 'parse error')
    return new ToolError('upstream', `${name} said something that is not socket.io.`, { hint: 'Is url the address of its web page?' })
  if (message === 'ping timeout')
    return new ToolError('unreachable', `${name} no longer answers.`, { hint: 'Is it still up? The next call connects anew.' })
  if (error !== undefined) return failureOf(error, place)
  return new ToolError('unreachable', `${name} closed the connection.`, { hint: 'Is it restarting? The next call connects anew.' })
}

/** A limit that was reached. */
export function timedOut(what: string, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${name} took longer than ${timeoutMs} ms ${what}.`, {
    hint: 'It may be overloaded. Try again, or raise timeoutMs.',
  })
}
