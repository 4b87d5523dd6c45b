import type { z } from 'zod'
import type { Connection, FetchOptions } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { detailOf, looksLikeHtml, parseJson, statusError } from './api-error.ts'

/** What an API client says of itself. */
export interface ApiClientOptions {
  /** The product, as messages name it: `Docker`. */
  name: string
  /** Sent with every request; asked anew each time, so that a session may be renewed. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>
  /** Finds the message in an error body where it is not in one of the usual places. */
  describeError?: (status: number, body: unknown) => string | undefined
}

/** Values of a query; undefined ones are left out, a list repeats its name. */
export type Query = Readonly<Record<string, string | number | boolean | undefined | readonly (string | number)[]>>

/** What one JSON request may carry. */
export interface ApiRequest extends Pick<FetchOptions, 'timeoutMs' | 'maxBytes' | 'idempotent'> {
  query?: Query | undefined
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
  /** Sent as JSON. */
  body?: unknown
}

/** Sends one JSON request: what comes back is checked by `schema`, or unknown without one. */
export interface JsonCall {
  <Schema extends z.ZodType>(path: string, request: ApiRequest & { schema: Schema }): Promise<z.output<Schema>>
  (path: string, request?: ApiRequest & { schema?: undefined }): Promise<unknown>
}

/** The init of a raw request: standard, with a query. */
export type ApiRequestInit = Omit<FetchOptions, 'headers' | 'signal'> & Pick<ApiRequest, 'query' | 'headers' | 'signal'>

/** JSON over HTTP with every failure told in our vocabulary. */
export interface ApiClient {
  get: JsonCall
  post: JsonCall
  put: JsonCall
  patch: JsonCall
  delete: JsonCall
  /** The raw answer, after its status was judged; 304 counts as an answer. */
  request(path: string, init?: ApiRequestInit): Promise<Response>
}

/** Makes a client of a JSON API that is reached through a connection. */
export function createApiClient(connection: Connection, options: ApiClientOptions): ApiClient {
  const request = async (path: string, init: ApiRequestInit = {}): Promise<Response> => {
    const { query, headers, signal, ...rest } = init
    const response = await connection.fetch(withQuery(path, query), {
      ...rest,
      headers: { ...(await options.headers?.()), ...headers },
      ...(signal !== undefined && { signal }),
    })
    if (response.ok || response.status === 304) return response
    throw await statusError(response, options)
  }
  const call = (method: string): JsonCall => {
    return async (path: string, given?: ApiRequest & { schema?: z.ZodType | undefined }) => {
      const { schema, body, ...init } = given ?? {}
      const headers: Record<string, string> = {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...init.headers,
      }
      const response = await request(path, { ...init, method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
      const value = readJson(await response.text(), response, options.name)
      return schema === undefined ? value : checked(schema, value, options.name)
    }
  }
  return { get: call('GET'), post: call('POST'), put: call('PUT'), patch: call('PATCH'), delete: call('DELETE'), request }
}

function withQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of value === undefined ? [] : [value].flat()) parameters.append(name, String(one))
  if (parameters.size === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${parameters.toString()}`
}

function readJson(text: string, response: Response, name: string): unknown {
  if (text.trim() === '') return undefined
  const parsed = parseJson(text)
  if (parsed !== undefined) return parsed.value
  const found = looksLikeHtml(text, response) ? 'HTML' : 'something else'
  throw new ToolError('upstream', `${name} answered with ${found} instead of JSON.`, {
    hint: 'Is the url right, or is a proxy or a login page in between?',
  })
}

/** What the schema makes of an answer, or what is wrong with it. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue === undefined || issue.path.length === 0 ? 'its top level' : `'${detailOf(issue.path.map(String).join('.'))}'`
  throw new ToolError('upstream', `${name} answered in an unexpected form at ${path}: ${detailOf(issue?.message) ?? 'not as described'}`, {
    hint: `This version of ${name} may not be supported; check its version against the documentation.`,
  })
}
