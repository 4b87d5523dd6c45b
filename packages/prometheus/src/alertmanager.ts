import { createApiClient, ToolError, type ApiClient, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import type { NewSilence } from './alertmanager-schema.ts'

/** How the Alertmanager is found and spoken to. */
export interface AlertmanagerOptions {
  /** As configured: an address, or a path below that of Prometheus. */
  url: string | undefined
  /** Sent to the configured Alertmanager only, never to one that Prometheus merely names. */
  headers: Record<string, string>
  /** Addresses of those Prometheus sends to. */
  named: (signal: AbortSignal) => Promise<string[]>
}

/** What one request may be told. */
export interface Asking {
  signal: AbortSignal
  timeoutMs?: number
}

/** Makes the client of the configured Alertmanager, or of the first that answers of those Prometheus names. */
export async function createAlertmanager(connection: Connection, { url, headers, named }: AlertmanagerOptions) {
  const schemas = await import('./alertmanager-schema.ts')
  const own = url === undefined ? undefined : endpointOf(url)
  const name = 'Alertmanager'

  async function ask<Answer>(signal: AbortSignal, question: (api: ApiClient, base: string) => Promise<Answer>): Promise<Answer> {
    if (own !== undefined) return question(createApiClient(connection, { name, headers: () => ({ ...headers, ...own.headers }) }), own.base)
    const others = await named(signal)
    let last: unknown
    for (const { base } of others.map(endpointOf))
      try {
        return await question(createApiClient(connection, { name }), base)
      } catch (error) {
        // Only what was never sent may be asked of the next one.
        if (!ToolError.isInstance(error) || error.code !== 'unreachable') throw error
        last = new ToolError(
          'unreachable',
          `The Alertmanager that Prometheus names, ${base}, cannot be reached from here: ${error.message}`,
          {
            hint: 'Set alertmanagerUrl to an address that is reachable from this machine.',
            cause: error,
          },
        )
      }
    throw (
      last ??
      new ToolError('invalid_config', 'No Alertmanager is configured, and Prometheus names none.', {
        hint: 'Set alertmanagerUrl to the address of the Alertmanager.',
      })
    )
  }

  return {
    /** True where the owner said where it is, so that its silence is a fault. */
    isConfigured: own !== undefined,

    version: async ({ signal, ...rest }: Asking): Promise<string> =>
      ask(signal, async (api, base) => {
        const { versionInfo } = await api.get(`${base}/status`, { schema: schemas.alertmanagerStatus, signal, ...rest })
        return versionInfo?.version ?? ''
      }),

    /** Its alerts, those that all filters match; Alertmanager itself reads the filters. */
    alerts: async (filters: readonly string[], { signal, ...rest }: Asking) =>
      ask(signal, (api, base) =>
        api.get(`${base}/alerts`, {
          schema: z.array(schemas.managedAlert),
          query: { filter: filters },
          signal,
          maxBytes: mostBytes,
          ...rest,
        }),
      ),

    silences: async (signal: AbortSignal) =>
      ask(signal, (api, base) => api.get(`${base}/silences`, { schema: z.array(schemas.silence), signal, maxBytes: mostBytes })),

    createSilence: async (body: NewSilence, signal: AbortSignal): Promise<string> =>
      ask(signal, async (api, base) => (await api.post(`${base}/silences`, { schema: schemas.createdSilence, body, signal })).silenceID),

    expireSilence: async (id: string, signal: AbortSignal): Promise<void> =>
      ask(signal, async (api, base) => {
        const response = await api.request(`${base}/silence/${encodeURIComponent(id)}`, { method: 'DELETE', signal })
        await response.body?.cancel()
      }),

    /** The time on its own clock, which silences begin and end by, in milliseconds since the epoch. */
    now: async (signal: AbortSignal): Promise<number> =>
      ask(signal, async (api, base) => {
        const response = await api.request(`${base}/status`, { signal, maxBytes: 1_048_576 })
        await response.body?.cancel()
        const time = Date.parse(response.headers.get('date') ?? '')
        return Number.isNaN(time) ? Date.now() : time
      }),
  }
}

const mostBytes = 32 * 1024 * 1024

/** The base of API v2 below an address of the Alertmanager, of its API, or of the endpoint Prometheus sends to. */
function endpointOf(address: string): { base: string; headers: Record<string, string> } {
  const base = (text: string) => `${text.replace(/\/+$/, '').replace(/\/api\/v[12](?:\/alerts)?$/, '')}/api/v2`
  if (address.startsWith('/')) return { base: base(address), headers: {} }
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address))
    throw new ToolError('invalid_config', 'alertmanagerUrl is no address.', {
      hint: 'Write http:// or https:// and the host, or a path below the address of Prometheus, such as /alertmanager.',
    })
  const url = new URL(address)
  const { username, password } = url
  Object.assign(url, { username: '', password: '', search: '', hash: '' })
  return {
    base: base(url.href),
    headers: username === '' ? {} : { authorization: basicAuthorization(decodeURIComponent(username), decodeURIComponent(password)) },
  }
}

/** The header of a user and a password. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
