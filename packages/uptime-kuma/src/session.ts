import { createAgent, ToolError, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { connectionFailure, timedOut, type LibraryFailure } from './failure.ts'
import { refusal } from './refusal.ts'

/** Takes what Uptime Kuma says of its own accord, by event. */
export type Pushed = Readonly<Record<string, (...values: unknown[]) => void>>

/** What a session is opened with. */
export interface SessionOptions {
  url: string
  timeoutMs: number
  pushed: readonly Pushed[]
}

/** One connection of the library. */
export interface Session {
  /** Sends an event and waits for its acknowledgement. */
  ask: <Schema extends z.ZodType>(
    event: string,
    given: readonly unknown[],
    schema: Schema,
    signal?: AbortSignal,
  ) => Promise<z.output<Schema>>
  /** Waits for what is to be pushed, as long as the connection stands. */
  until: <Result>(work: Promise<Result>, what: string) => Promise<Result>
  /** Why nothing is answered any more, once that is so. */
  lost: () => ToolError | undefined
  close: () => void
}

// All monitors are told at once, some three kilobytes each.
const maxBytes = 32 * 1024 * 1024

const refused = z.object({
  ok: z.literal(false),
  msg: z
    .unknown()
    .optional()
    .transform((said) => (typeof said === 'string' ? said : '')),
})

/**
 * Connects once, and waits until it is greeted: what is sent before is dropped without a word. The library owns the wire:
 * its sockets come from `connection.dial`, so that pins, authorities and tunnels count for them, but what is sent over
 * them, and after how long a silent peer is taken for dead, is the library's.
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

  async function acknowledged(event: string, given: readonly unknown[]): Promise<unknown> {
    try {
      return (await socket.timeout(timeoutMs).emitWithAck(event, ...given)) as unknown
    } catch {
      await losing
      throw reason ?? timedOut(`to answer ${event}`, timeoutMs)
    }
  }

  const close = () => {
    socket.disconnect()
    socket.off()
    agent.destroy()
  }

  async function until<Result>(work: Promise<Result>, what: string): Promise<Result> {
    const limit = AbortSignal.timeout(timeoutMs)
    try {
      return await untilAborted(AbortSignal.any([end.signal, limit]), work)
    } catch (error) {
      throw limit.aborted && reason === undefined ? timedOut(what, timeoutMs) : error
    }
  }

  socket.on('connect_error', (error) => void lose(error as LibraryFailure))
  socket.on('disconnect', (message, details) => void lose({ ...(details as LibraryFailure | undefined), message }))
  for (const events of pushed) for (const [event, take] of Object.entries(events)) socket.on(event, take)
  const greeted = new Promise<void>((resolve) => socket.once('info', () => resolve()).connect())
  // A connection that ends before its handshake is over is no event of the library's socket, only of the engine below.
  socket.io.engine.once('close', (message, details) => void lose({ ...(details as LibraryFailure | undefined), message }))
  try {
    await until(greeted, 'to say hello')
  } catch (error) {
    close()
    throw error
  }

  return {
    async ask(event, given, schema, signal) {
      signal?.throwIfAborted()
      if (reason !== undefined) throw reason
      const gone = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
      const answer = await untilAborted(gone, acknowledged(event, given))
      const no = refused.safeParse(answer)
      if (no.success) throw refusal(event, no.data.msg)
      const result = schema.safeParse(answer)
      if (result.success) return result.data
      throw unexpected(event)
    },
    until,
    lost: () => reason,
    close,
  }
}

/** What is said of an answer, or of something pushed, that cannot be read. */
export function unexpected(event: string): ToolError {
  return new ToolError('upstream', `Uptime Kuma answered ${event} in an unexpected form.`, {
    hint: 'Versions 1.23 and 2.x are known here; this one may not be supported.',
  })
}

/** Waits for work as long as nothing ends it; the library hears of no signal. */
async function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  // Whoever no longer waits does not hear of its failure either.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
