import { createApiClient, tellTime, ToolError, type ApiRequest, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import type { Ask } from './entry-points.ts'
import { refusalOf } from './refusals.ts'

/** Values of a form or a query; undefined ones are left out, booleans are 1 and 0, a list repeats its name. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>

/** Requests to the API of Proxmox, its envelope taken off. */
export type Api = ReturnType<typeof createApi>

const root = '/api2/json'
// Five thousand guests, with room.
const mostBytes = 64 * 1024 * 1024

/** Makes the requests of one token. */
export function createApi(connection: Connection, ask: Ask, authorization: string) {
  const judged: Connection = {
    ...connection,
    async fetch(target, options) {
      const response = await ask(target, options)
      if (response.ok) return response
      throw await refusalOf(response, target)
    },
  }
  const headers = () => ({ authorization })
  const api = createApiClient(judged, { name: 'Proxmox', headers })

  return {
    /** What is at a path. */
    async get<Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal, fields: Fields = {}): Promise<z.output<Schema>> {
      const request: ApiRequest & { schema: z.ZodObject<{ data: Schema }> } = {
        schema: z.object({ data: schema }),
        query: queryOf(fields),
        signal,
        maxBytes: mostBytes,
      }
      return ((await api.get(`${root}${path}`, request)) as { data: z.output<Schema> }).data
    },
    /** The same, with the time the answer was given, in milliseconds since the epoch. */
    async dated<Schema extends z.ZodType>(
      path: string,
      schema: Schema,
      signal: AbortSignal,
    ): Promise<{ data: z.output<Schema>; at: number }> {
      let at = Date.now()
      const timed = tellTime(judged, (told) => (at = told))
      const { data } = (await createApiClient(timed, { name: 'Proxmox', headers }).get(`${root}${path}`, {
        schema: z.object({ data: schema }),
        signal,
        maxBytes: mostBytes,
      })) as { data: z.output<Schema> }
      return { data, at }
    },
    post: async (path: string, signal: AbortSignal, fields: Fields = {}) => send('POST', path, signal, { body: formOf(fields) }),
    put: async (path: string, signal: AbortSignal, fields: Fields = {}) => send('PUT', path, signal, { body: formOf(fields) }),
    delete: async (path: string, signal: AbortSignal, fields: Fields = {}) => send('DELETE', path, signal, { query: queryOf(fields) }),
  }

  /** What a write answers with: mostly the id of a task. */
  async function send(
    method: string,
    path: string,
    signal: AbortSignal,
    { body, query }: { body?: string; query?: ApiRequest['query'] },
  ): Promise<unknown> {
    const response = await api.request(`${root}${path}`, {
      method,
      signal,
      query,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    try {
      return (JSON.parse(text) as { data?: unknown }).data
    } catch {
      throw new ToolError('upstream', 'Proxmox answered with something else instead of JSON.', {
        hint: 'Is the url right, or is a proxy or a login page in between?',
      })
    }
  }
}

function queryOf(fields: Fields): Record<string, string | number | readonly string[]> {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'boolean' ? Number(value) : value] as const],
  )
  return Object.fromEntries(given)
}

function formOf(fields: Fields): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(queryOf(fields))) for (const one of [value].flat()) form.append(name, String(one))
  return form.toString()
}
