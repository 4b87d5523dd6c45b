import { createApiClient, httpConfig, secret, ToolError, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { basicAuthorization, createAlertmanager } from './alertmanager.ts'
import type { Rule } from './prometheus-schema.ts'
import { tellingRefusals } from './refusals.ts'

/** What has to be known of a Prometheus, and of its Alertmanager, to reach them. */
export const config = {
  ...httpConfig,
  url: z.string().describe('Address of Prometheus: http://host:9090, or with the path it is served under.'),
  alertmanagerUrl: z
    .string()
    .optional()
    .describe('Address of the Alertmanager, or a path below that of Prometheus; when not given, the ones Prometheus names are tried.'),
  token: secret().optional().describe('Bearer token, where a proxy asks for one; counts before user and password.'),
  username: z.string().optional().describe('User of basic authentication.'),
  password: secret().optional().describe('Password of basic authentication.'),
}

// 5,000 targets with all their discovered labels, or 5,000 series of sixty points.
const mostBytes = 64 * 1024 * 1024

/** What of a configuration the client itself needs. */
type ClientConfig = Pick<Partial<ConfigOf<typeof config>>, 'alertmanagerUrl' | 'token' | 'username' | 'password'>

/** What one Prometheus and its Alertmanager are asked. */
export interface PrometheusClient extends Awaited<ReturnType<typeof connect>> {}

/** A stretch of time and how finely it is looked at, in seconds. */
export interface Range {
  start: number
  end: number
  step: number
}

/** Makes the client of one Prometheus. */
export async function connect(given: ClientConfig, connection: Connection) {
  // What Prometheus answers with is not needed to list the tools.
  const schemas = await import('./prometheus-schema.ts')
  const { envelope } = schemas
  const headers = authorizationOf(given)
  const telling = tellingRefusals(connection)
  const api = createApiClient(telling, { name: 'Prometheus', headers: () => headers })

  async function get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
    query: Record<string, string | readonly string[] | undefined> = {},
  ): Promise<z.output<Schema>> {
    return api.get(`/api/v1/${path}`, { schema, query, signal, maxBytes: mostBytes })
  }

  const named = async (signal: AbortSignal): Promise<string[]> => {
    const { data } = await get('alertmanagers', envelope(schemas.alertmanagerDiscovery), signal)
    return data.activeAlertmanagers.map(({ url }) => url).filter((url) => /^https?:\/\//i.test(url))
  }

  return {
    alertmanager: await createAlertmanager(telling, { url: given.alertmanagerUrl, headers, named }),

    version: async (signal: AbortSignal) => (await get('status/buildinfo', envelope(schemas.buildInfo), signal)).data.version,

    /** One value per series, at a time in seconds or now. */
    query: async (query: string, at: number | undefined, signal: AbortSignal) =>
      get('query', envelope(schemas.queryData), signal, { query, time: at?.toString() }),

    queryRange: async (query: string, { start, end, step }: Range, signal: AbortSignal) =>
      get('query_range', envelope(schemas.rangeData), signal, {
        query,
        start: start.toString(),
        end: end.toString(),
        step: step.toString(),
      }),

    /** The time on its own clock, which its samples carry, in seconds since the epoch. */
    async now(signal: AbortSignal): Promise<number> {
      const { data } = await get('query', envelope(schemas.queryData), signal, { query: 'time()' })
      if (data.resultType !== 'scalar')
        throw new ToolError('upstream', 'Prometheus does not tell its time.', { hint: 'Give start and end.' })
      return Number(data.result[1])
    },

    targets: async (signal: AbortSignal) =>
      (await get('targets', envelope(schemas.targetDiscovery), signal, { state: 'active' })).data.activeTargets,

    alerts: async (signal: AbortSignal) => (await get('alerts', envelope(schemas.alertDiscovery), signal)).data.alerts,

    /** Every rule with the name of its group; the alerts of a rule are asked for elsewhere. */
    async rules(signal: AbortSignal): Promise<Rule[]> {
      const { data } = await get('rules', envelope(schemas.ruleDiscovery), signal, { exclude_alerts: 'true' })
      return data.groups.flatMap(({ name, rules }) => rules.map((rule) => ({ ...rule, group: name })))
    },

    metadata: async (signal: AbortSignal) => (await get('metadata', envelope(schemas.metricMetadata), signal)).data,

    metricNames: async (signal: AbortSignal) => (await get('label/__name__/values', envelope(schemas.names), signal)).data,

    /** Names of the labels the series of a metric carry. */
    async labelNames(metric: string, signal: AbortSignal): Promise<string[]> {
      const { data } = await get('labels', envelope(schemas.names), signal, { 'match[]': [`{__name__=${JSON.stringify(metric)}}`] })
      return data.filter((label) => label !== '__name__')
    },
  }
}

// A token is the more particular of the two, so it counts where both are given.
function authorizationOf({ token, username, password }: ClientConfig): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (username === undefined && password === undefined) return {}
  if (username === undefined || password === undefined)
    throw new ToolError('invalid_config', `${username === undefined ? 'password' : 'username'} is set alone.`, {
      hint: 'Basic authentication needs both username and password.',
    })
  return { authorization: basicAuthorization(username, password) }
}
