import { createAgent, ToolError, type Connection, type ErrorCode } from '@rackwarden/core'
import { z } from 'zod'
import { connectionFailure, timedOut, type LibraryFailure } from './failure.ts'

/** What a session is opened with. */
export interface SessionOptions {
  url: string
  timeoutMs: number
  /** Takes what Uptime Kuma says of its own accord, by event. */
  pushed: Readonly<Record<string, (value: unknown) => void>>
}

/** One connection of the library. */
export interface Session {
  /** Sends an event and waits for its acknowledgement. */
  ask: <Schema extends z.ZodType>(event: string, given: unknown, schema: Schema, signal?: AbortSignal) => Promise<z.output<Schema>>
  /** Why nothing is answered any more, once that is so. */
  lost: () => ToolError | undefined
  close: () => void
}

const maxBytes = 16 * 1024 * 1024

const codes: Readonly<Record<string, ErrorCode>> = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  not_found: 'not_found',
  conflict: 'conflict',
  too_many: 'rate_limited',
}

const hints: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Check the token configured for Uptime Kuma.',
  forbidden: 'Give the account of the token the right to do this.',
  not_found: 'list_jobs has what there is.',
  conflict: 'It was changed meanwhile: read it again.',
  rate_limited: 'Try again in a minute.',
  upstream: 'Look at the logs of Uptime Kuma.',
}

const acknowledgement = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.string().default(''), message: z.string().default('no reason given') }),
])

/**
 * Connects once. The library owns the wire: its sockets come from `connection.dial`, so that pins, authorities and tunnels
 * count for them, but what is sent over them, and after how long a silent peer is taken for dead, is the library's.
 */
export async function openSession(connection: Connection, { url, timeoutMs, pushed }: SessionOptions): Promise<Session> {
  const { io } = await import('./libraries/socket-io-client.ts')
  let undialled: unknown
  const agent = await createAgent(connection, { secure: url.startsWith('https:'), failed: (error) => (undialled = error) })
  const socket = io(url, {
    // Its types know the agents of browsers only.
    agent: agent as never,
    autoConnect: false,
    forceNew: true,
    maxPayload: maxBytes,
    // A connection that is lost is not mended: core makes a new client, which logs in again.
    reconnection: false,
    timeout: timeoutMs,
    transports: ['websocket'],
  } as Parameters<typeof io>[1])
  let reason: ToolError | undefined
  let losing: Promise<void> | undefined
  const end = new AbortController()
  const lose = (failure: LibraryFailure) => (losing ??= tellLoss(failure))
  async function tellLoss(failure: LibraryFailure): Promise<void> {
    reason = ToolError.isInstance(undialled) ? undialled : await connectionFailure(failure, timeoutMs)
    end.abort(reason)
  }

  async function acknowledged(event: string, given: unknown): Promise<unknown> {
    try {
      return (await socket.timeout(timeoutMs).emitWithAck(event, given)) as unknown
    } catch {
      await losing
      throw reason ?? timedOut(`to answer ${event}`, timeoutMs)
    }
  }

  const close = () => {
    socket.disconnect()
    agent.destroy()
  }

  socket.on('connect_error', (error) => void lose(error as LibraryFailure))
  socket.on('disconnect', (message, details) => void lose({ ...(details as LibraryFailure | undefined), message }))
  for (const [event, take] of Object.entries(pushed)) socket.on(event, take)
  const connected = new Promise<void>((resolve) => socket.once('connect', resolve).connect())
  // A connection that ends before its handshake is over is no event of the library's socket, only of the engine below.
  socket.io.engine.once('close', (message, details) => void lose({ ...(details as LibraryFailure | undefined), message }))
  try {
    await untilAborted(end.signal, connected)
  } catch (error) {
    close()
    throw error
  }

  return {
    async ask(event, given, schema, signal) {
      signal?.throwIfAborted()
      if (reason !== undefined) throw reason
      const gone = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
      const answer = acknowledgement.safeParse(await untilAborted(gone, acknowledged(event, given)))
      if (answer.success && !answer.data.ok) throw refusal(event, answer.data)
      const result = schema.safeParse(answer.data)
      if (result.success) return result.data
      throw new ToolError('upstream', `Uptime Kuma answered ${event} in an unexpected form.`, {
        hint: 'This version of Uptime Kuma may not be supported.',
      })
    },
    lost: () => reason,
    close,
  }
}

function refusal(event: string, { error, message }: { error: string; message: string }): ToolError {
  const code = codes[error] ?? 'upstream'
  return new ToolError(code, `Uptime Kuma refused ${event}: ${message.slice(0, 200)}`, { hint: hints[code] })
}

/** Waits for work as long as nothing ends it; the library hears of no signal. */
async function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
