import { z } from 'zod'
import type { Connection } from '../define/connection.ts'
import { ToolError, type ErrorCode } from '../define/error.ts'
import { checked } from './api-client.ts'
import { detailOf, parseJson } from './api-error.ts'
import { startDeadline } from './deadline.ts'
import { timeoutOf } from './failure.ts'
import { openWebSocket, type WebSocketOptions } from './web-socket.ts'

/** What an RPC client is opened with. */
export interface RpcClientOptions extends Pick<WebSocketOptions, 'name' | 'url' | 'path' | 'headers' | 'maxBytes'> {
  /** Limit for connecting, and for one request that has none of its own. */
  timeoutMs?: number | undefined
  /** The upstream's own error codes in our words; what is not named is `upstream`. */
  codes?: Readonly<Record<number, ErrorCode>>
  /** Takes what the upstream says without being asked. */
  notified?: (method: string, params: unknown) => void
}

/** What one request may carry. */
export interface RpcRequest<Schema extends z.ZodType> {
  params?: unknown
  /** What the result must be; anything where none is given. */
  schema?: Schema
  signal?: AbortSignal | undefined
  timeoutMs?: number | undefined
}

/** JSON-RPC 2.0 over one WebSocket, with every failure told in our vocabulary. */
export interface RpcClient {
  request<Schema extends z.ZodType = z.ZodUnknown>(method: string, request?: RpcRequest<Schema>): Promise<z.output<Schema>>
  /** Why no request is answered any more, once that is so: a new client is needed. */
  lost: () => ToolError | undefined
  close: () => Promise<void>
}

interface Waiting {
  method: string
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

const defaultTimeoutMs = 30_000

const envelope = z.object({
  id: z.union([z.number(), z.string()]).nullish(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string().default('') }).optional(),
})

const hints: Partial<Record<ErrorCode, (name: string) => string>> = {
  unauthorized: (name) => `Check the credentials configured for ${name}.`,
  forbidden: (name) => `Give the account configured for ${name} the right to do this.`,
  conflict: () => 'It was changed meanwhile: read it again.',
  rate_limited: () => 'Try again in a minute.',
  upstream: (name) => `Look at the logs of ${name}.`,
}

/** Connects, and answers requests over that one connection until it is lost; who logs in does it with the first requests. */
export async function openRpcClient(connection: Connection, options: RpcClientOptions): Promise<RpcClient> {
  const { name, codes = {}, timeoutMs = defaultTimeoutMs } = options
  const waiting = new Map<number, Waiting>()
  let lost: ToolError | undefined
  let heardAt = 0
  let count = 0

  const socket = await openWebSocket(connection, {
    ...options,
    timeoutMs,
    receive(text, end) {
      heardAt = performance.now()
      const message = envelope.safeParse(parseJson(text)?.value)
      if (!message.success) return end(notRpc(name))
      const { id, method, params, result, error } = message.data
      // A request of the upstream, which has an id, is none this client answers.
      if (method !== undefined) return id === undefined || id === null ? options.notified?.(method, params) : undefined
      if (id === undefined) return end(notRpc(name))
      // What came too late is not waited for any more.
      const asked = waiting.get(Number(id))
      return error === undefined ? asked?.resolve(result) : asked?.reject(failureOf(name, asked.method, error, codes))
    },
    lost(reason) {
      lost = reason
      for (const { reject } of waiting.values()) reject(reason)
    },
  })

  return {
    async request(method, { params, schema, signal, timeoutMs: limit = timeoutMs } = {}) {
      const deadline = startDeadline(limit, () => timeoutOf(socket.place, limit), signal)
      const id = ++count
      const sentAt = performance.now()
      try {
        if (lost !== undefined) throw lost
        const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { method, resolve, reject }))
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) }))
        const result = await deadline.race(answer)
        return (schema === undefined ? result : checked(schema, result, name)) as never
      } catch (error) {
        // Not a word since: the other end may be gone without a farewell, and would never answer again.
        if (deadline.expired() && heardAt < sentAt) socket.end(silent(name, limit))
        throw error
      } finally {
        waiting.delete(id)
        deadline.stop()
      }
    },
    lost: () => lost,
    close: socket.close,
  }
}

function failureOf(
  name: string,
  method: string,
  { code, message }: { code: number; message: string },
  codes: Readonly<Record<number, ErrorCode>>,
): ToolError {
  const ours = codes[code] ?? 'upstream'
  const detail = detailOf(message)
  return new ToolError(ours, `${name} answered ${method} with error ${code}${detail === undefined ? '.' : `: ${detail}`}`, {
    hint: hints[ours]?.(name),
  })
}

function notRpc(name: string): ToolError {
  return new ToolError('upstream', `${name} said something that is not JSON-RPC.`, { hint: 'Is url the address of its API?' })
}

function silent(name: string, limit: number): ToolError {
  return new ToolError('unreachable', `${name} said nothing for ${limit} ms, so the connection was given up.`, {
    hint: 'The next call connects anew.',
  })
}
