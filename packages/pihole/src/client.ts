import { createApiClient, httpConfig, secret, ToolError, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { pathSegment } from './path-segment.ts'
import type { DomainEntry, ListEntry } from './pihole-schema.ts'
import type { RecordLines } from './records.ts'

/** What has to be known of a Pi-hole to reach it. */
export const config = {
  ...httpConfig,
  url: z
    .string()
    .regex(/^https?:\/\/[^/?#]+/, 'does not begin with http:// or https:// and a host')
    .describe('Address of the Pi-hole: http://host, or https://host:8443.'),
  password: secret().optional().describe('Web password or app password; needed unless none is set there.'),
  totpSecret: secret()
    .optional()
    .describe('Secret of its second factor, in base 32, where the web password needs one; an app password needs none.'),
  dns: z.string().optional().describe('Where lookup asks it: host, or host:53 with another port; the host of url and 53 when not given.'),
  virtualAddress: z.string().optional().describe('Address the instances share, as by keepalived: get_status tells who holds it.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Pick<Partial<ConfigOf<typeof config>>, 'url' | 'password' | 'totpSecret' | 'dns' | 'virtualAddress'>

/** What one Pi-hole is asked. */
export interface PiholeClient extends Awaited<ReturnType<typeof connect>> {}

/** Which queries of the log are wanted. */
export interface QueryFilter {
  [name: string]: string | number | undefined
}

// 20,000 records, and the domains of a long life.
const mostBytes = 32 * 1024 * 1024
// Lists are fetched from the internet, one after the other.
const gravityMs = 10 * 60_000

/** Makes the client of one Pi-hole; it logs in with the first request and out when it is closed. */
export async function connect(given: ClientConfig, connection: Connection) {
  // What a Pi-hole answers with is not needed to list the tools.
  const [schemas, { openSession }, { createResolver, resolverAddress }, { itemPath }] = await Promise.all([
    import('./pihole-schema.ts'),
    import('./session.ts'),
    import('./resolver.ts'),
    import('./records.ts'),
  ])
  const session = openSession(connection, given)
  const api = createApiClient(session.connection, { name: 'Pi-hole' })
  const address = resolverAddress(given)
  const url = given.url ?? ''

  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal): Promise<z.output<Schema>> =>
    api.get(`/api/${path}`, { schema, signal, maxBytes: mostBytes })

  /** Nothing where this Pi-hole cannot tell; that must not hide what it can. */
  async function ifTold<Told>(asked: Promise<Told>): Promise<Told | undefined> {
    try {
      return await asked
    } catch (error) {
      if (ToolError.isInstance(error) && ['upstream', 'not_found', 'forbidden', 'invalid_input'].includes(error.code)) return undefined
      throw error
    }
  }

  async function discard(path: string, method: string, signal: AbortSignal, query?: Record<string, string>): Promise<void> {
    const response = await api.request(path, { method, signal, ...(query === undefined ? {} : { query }) })
    await response.body?.cancel()
  }

  /** Success of the whole may hide the failure of an item. */
  function taken(result: z.output<typeof schemas.processed>): void {
    const [failed] = result?.processed?.errors ?? []
    if (failed !== undefined)
      throw new ToolError('upstream', `Pi-hole did not take '${failed.item}': ${failed.error}.`, {
        hint: 'Nothing else of this request failed; correct the item and plan again.',
      })
  }

  const dnsConfig = async (signal: AbortSignal) => (await get('config/dns', schemas.dnsConfig, signal)).config.dns

  async function lines(signal: AbortSignal): Promise<{ hosts: string[]; cnames: string[] }> {
    const { hosts, cnameRecords } = await dnsConfig(signal)
    return { hosts, cnames: cnameRecords }
  }

  /** Puts whole arrays in the place of those that are there: one request, and at most one restart of its DNS. */
  async function replaceLines({ hosts, cnames }: Partial<RecordLines>, signal: AbortSignal): Promise<void> {
    const dns = { ...(hosts === undefined ? {} : { hosts }), ...(cnames === undefined ? {} : { cnameRecords: cnames }) }
    await api.patch('/api/config', { body: { config: { dns } }, signal, maxBytes: mostBytes })
  }

  const domainPath = ({ type, kind }: Pick<DomainEntry, 'type' | 'kind'>) => `/api/domains/${type}/${kind}`

  return {
    resolver: createResolver(connection, address),
    url,
    virtualAddress: given.virtualAddress,

    blocking: async (signal: AbortSignal) => get('dns/blocking', schemas.blocking, signal),
    async setBlocking(isOn: boolean, seconds: number | undefined, signal: AbortSignal) {
      return api.post('/api/dns/blocking', { schema: schemas.blocking, body: { blocking: isOn, timer: seconds ?? null }, signal })
    },

    summary: async (signal: AbortSignal) => get('stats/summary', schemas.summary, signal),
    messages: async (signal: AbortSignal) => (await get('info/messages', schemas.messages, signal)).messages,
    isResolving: async (signal: AbortSignal) => (await ifTold(get('info/login', schemas.loginInfo, signal)))?.dns,
    pid: async (signal: AbortSignal) => (await get('info/ftl', schemas.ftl, signal)).ftl.pid,

    /** Its own version; nothing where it does not know it, as where a file of it is missing. */
    async version(signal: AbortSignal): Promise<string | undefined> {
      const told = await ifTold(get('info/version', schemas.version, signal))
      return told?.version.core?.local.version ?? told?.version.ftl?.local.version ?? undefined
    },
    hostName: async (signal: AbortSignal) => (await ifTold(get('info/host', schemas.host, signal)))?.host.uname.nodename,

    /** Every address of its interfaces; nothing where it does not tell them. */
    async addresses(signal: AbortSignal): Promise<string[] | undefined> {
      const told = await ifTold(get('network/interfaces', schemas.interfaces, signal))
      return told?.interfaces.flatMap(({ addresses = [] }) => addresses.flatMap(({ address: own }) => (own === undefined ? [] : [own])))
    },

    /** The time on its own clock, in milliseconds since the epoch. */
    async now(signal: AbortSignal): Promise<number> {
      const response = await api.request('/api/info/login', { signal })
      await response.body?.cancel()
      const time = Date.parse(response.headers.get('date') ?? '')
      return Number.isNaN(time) ? Date.now() : time
    },

    /** Whether this session is that of an app password, and whether such a one may change the configuration. */
    async appPassword(signal: AbortSignal): Promise<{ isApp: boolean; mayConfigure: boolean } | undefined> {
      const told = await ifTold(get('auth/sessions', schemas.sessions, signal))
      const own = told?.sessions.find(({ current_session: isCurrent }) => isCurrent === true)
      if (own?.app === undefined) return undefined
      const sudo = await ifTold(get('config/webserver/api', schemas.apiConfig, signal))
      return { isApp: own.app, mayConfigure: !own.app || sudo?.config.webserver.api.app_sudo === true }
    },

    upstreams: async (signal: AbortSignal) => (await dnsConfig(signal)).upstreams,
    lines,
    replaceLines,

    /** Puts lines in and takes lines out; what is new comes first, so that a name always has an answer. */
    async changeLines(add: RecordLines, remove: RecordLines, signal: AbortSignal): Promise<void> {
      // A slash in a comment would part the path; then the whole is written, from what is there at this moment.
      if ([...add.hosts, ...add.cnames, ...remove.hosts, ...remove.cnames].some((line) => line.includes('/'))) {
        const now = await lines(signal)
        const changed = (array: 'hosts' | 'cnames') => [...now[array].filter((line) => !remove[array].includes(line)), ...add[array]]
        return replaceLines({ hosts: changed('hosts'), cnames: changed('cnames') }, signal)
      }
      for (const line of add.hosts) await discard(itemPath('hosts', line), 'PUT', signal)
      for (const line of remove.hosts) await discard(itemPath('hosts', line), 'DELETE', signal)
      // Each of these would restart its DNS; the last one does it for all. An alias may stand there once.
      const aliases = [...remove.cnames.map((line) => ({ line, method: 'DELETE' })), ...add.cnames.map((line) => ({ line, method: 'PUT' }))]
      for (const [index, { line, method }] of aliases.entries())
        await discard(itemPath('cnameRecords', line), method, signal, index < aliases.length - 1 ? { restart: 'false' } : undefined)
    },

    domains: async (signal: AbortSignal) => (await get('domains', schemas.domains, signal)).domains,
    lists: async (signal: AbortSignal) => (await get('lists', schemas.lists, signal)).lists,
    groups: async (signal: AbortSignal) => (await get('groups', schemas.groups, signal)).groups,

    addDomain: async ({ domain, comment, groups, enabled, ...place }: DomainEntry, signal: AbortSignal): Promise<void> => {
      const body = { domain, comment: comment ?? null, groups, enabled }
      taken(await api.post(domainPath(place), { schema: schemas.processed, body, signal }))
    },
    replaceDomain: async ({ domain, comment, groups, enabled, ...place }: DomainEntry, signal: AbortSignal): Promise<void> => {
      const path = `${domainPath(place)}/${pathSegment(domain)}`
      taken(await api.put(path, { schema: schemas.processed, body: { comment: comment ?? null, groups, enabled }, signal }))
    },
    removeDomain: async ({ domain, ...place }: DomainEntry, signal: AbortSignal) =>
      discard(`${domainPath(place)}/${pathSegment(domain)}`, 'DELETE', signal),

    addList: async ({ address: of, type, comment, groups, enabled }: ListEntry, signal: AbortSignal): Promise<void> => {
      const body = { address: of, comment: comment ?? null, groups, enabled }
      taken(await api.post('/api/lists', { schema: schemas.processed, query: { type }, body, signal }))
    },
    replaceList: async ({ address: of, type, comment, groups, enabled }: ListEntry, signal: AbortSignal): Promise<void> => {
      const body = { type, comment: comment ?? null, groups, enabled }
      taken(await api.put(`/api/lists/${pathSegment(of)}`, { schema: schemas.processed, query: { type }, body, signal }))
    },
    removeList: async ({ address: of, type }: ListEntry, signal: AbortSignal) =>
      discard(`/api/lists/${pathSegment(of)}`, 'DELETE', signal, { type }),

    /** What of its lists speaks of a domain. */
    search: async (domain: string, signal: AbortSignal) => (await get(`search/${pathSegment(domain)}?N=50`, schemas.search, signal)).search,

    queries: async (filter: QueryFilter, signal: AbortSignal) =>
      (await api.get('/api/queries', { schema: schemas.queries, query: filter, signal, maxBytes: mostBytes })).queries,

    restartDns: async (signal: AbortSignal) => discard('/api/action/restartdns', 'POST', signal),

    /** Builds gravity anew; tells each line of what it says, and gives the last ones. */
    async updateGravity(tell: (line: string) => void, signal: AbortSignal): Promise<string[]> {
      const response = await api.request('/api/action/gravity', { method: 'POST', signal, timeoutMs: gravityMs, maxBytes: mostBytes })
      const said: string[] = []
      let rest = ''
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split(/[\r\n]+/)
        rest = parts.pop() ?? ''
        for (const line of parts.map((part) => part.trim()).filter((part) => part !== '')) {
          said.push(line)
          tell(line)
        }
      }
      if (rest.trim() !== '') said.push(rest.trim())
      return said
    },

    close: async () => session.end(),
  }
}
