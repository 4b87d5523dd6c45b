import type { SimulatedFtl } from './ftl.ts'
import { headersOf, json, refusal, type Request } from './replies.ts'
import type { SimulatedQuery } from './world.ts'

const blocked = new Set(['GRAVITY', 'REGEX', 'DENYLIST', 'GRAVITY_CNAME', 'REGEX_CNAME', 'DENYLIST_CNAME'])

/** Everything that is only looked at, and the actions. */
export function statsAnswer(ftl: SimulatedFtl, { method, path, query, body }: Request): Response | undefined {
  const { world } = ftl
  switch (`${method} ${path}`) {
    case 'GET dns/blocking':
      return json(ftl, blockingOf(ftl))
    case 'POST dns/blocking': {
      const { blocking = true, timer } = body as { blocking?: boolean; timer?: number | null }
      ftl.blocking = { enabled: blocking, seconds: timer ?? undefined }
      return json(ftl, blockingOf(ftl))
    }
    case 'GET stats/summary':
      return json(ftl, summaryOf(ftl))
    case 'GET queries':
      return json(ftl, queriesOf(ftl, query))
    case 'GET info/login':
      return json(ftl, { https_port: 443, dns: world.isDnsDown !== true })
    case 'GET info/version':
      return world.version === undefined
        ? refusal(ftl, 500, { key: 'internal_error', message: 'Cannot read /etc/pihole/versions' })
        : json(ftl, { version: versionOf(world.version) })
    case 'GET info/ftl':
      return json(ftl, { ftl: { pid: ftl.pid, privacy_level: 0, allow_destructive: true, clients: { total: 9, active: 4 } } })
    case 'GET info/messages':
      return json(ftl, {
        messages: (world.messages ?? []).map(({ type, plain, minutesAgo }, index) => ({
          id: index + 1,
          timestamp: ftl.now / 1_000 - minutesAgo * 60,
          type,
          plain,
          html: plain,
        })),
      })
    case 'GET info/host':
      return json(ftl, { host: { uname: { nodename: world.hostName, sysname: 'Linux', machine: 'aarch64' }, model: null } })
    case 'GET network/interfaces':
      return json(ftl, {
        interfaces: [
          {
            name: 'eth0',
            addresses: [world.address, ...(world.addresses ?? [])].map((address) => ({
              address,
              family: address.includes(':') ? 'inet6' : 'inet',
            })),
          },
        ],
      })
    case 'POST action/gravity':
      ftl.now += 60_000
      if (world.gravityProblem === undefined) ftl.builtAt = ftl.now
      return gravityStream(ftl)
    case 'POST action/restartdns':
      ftl.restart()
      return json(ftl, { status: 'success' })
    default:
      return undefined
  }
}

function blockingOf({ blocking: { enabled, seconds } }: SimulatedFtl) {
  return { blocking: enabled ? 'enabled' : 'disabled', timer: seconds ?? null }
}

function versionOf(version: string) {
  const local = { branch: 'master', version, hash: 'abc1234' }
  return { core: { local }, ftl: { local: { ...local, date: '2026-04-01' } } }
}

function summaryOf(ftl: SimulatedFtl) {
  const { total, blocked: count } = ftl.world.queriesToday ?? { total: 0, blocked: 0 }
  return {
    queries: { total, blocked: count, percent_blocked: total === 0 ? 0 : (count / total) * 100, unique_domains: 900, frequency: 0.5 },
    clients: { active: 4, total: 9 },
    gravity: { domains_being_blocked: ftl.gravityCount, last_update: Math.floor(ftl.builtAt / 1_000) },
  }
}

function queriesOf(ftl: SimulatedFtl, query: URLSearchParams) {
  const all = (ftl.world.queries ?? []).toSorted((first, second) => first.minutesAgo - second.minutesAgo)
  const numbered = all.map((one, index) => ({ one, id: all.length - index, time: ftl.now / 1_000 - one.minutesAgo * 60 }))
  const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise)
  const found = numbered.filter(
    ({ one, id, time }) =>
      id <= number('cursor', Infinity) && time >= number('from', 0) && time <= number('until', Infinity) && isMeant(one, query),
  )
  const shown = found.slice(0, number('length', 100))
  return {
    queries: shown.map(({ one, id, time }) => ({
      id,
      time,
      type: one.type ?? 'A',
      domain: one.domain,
      cname: null,
      status: one.status ?? 'FORWARDED',
      client: { ip: one.client, name: one.name ?? null },
      dnssec: 'INSECURE',
      reply: { type: 'IP', time: 0.0003 },
      list_id: null,
      upstream: one.upstream ?? null,
      ede: { code: -1, text: null },
    })),
    cursor: all.length,
    recordsTotal: all.length,
    recordsFiltered: found.length,
    draw: 0,
  }
}

function isMeant(
  { domain, client, name = '', status = 'FORWARDED', upstream = '', type = 'A' }: SimulatedQuery,
  query: URLSearchParams,
): boolean {
  const fits = (parameter: string, text: string) => {
    const pattern = query.get(parameter)
    if (pattern === null) return true
    const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${literal.join('.*')}$`, 'i').test(text)
  }
  const wanted = query.get('upstream')
  const isFrom =
    wanted === null ||
    (wanted === 'blocklist'
      ? blocked.has(status)
      : wanted === 'permitted'
        ? !blocked.has(status)
        : wanted === 'cache'
          ? status === 'CACHE'
          : fits('upstream', upstream))
  return (
    isFrom &&
    fits('domain', domain) &&
    fits('client_ip', client) &&
    fits('client_name', name) &&
    fits('status', status) &&
    fits('type', type)
  )
}

function gravityStream(ftl: SimulatedFtl): Response {
  const lines = [
    '  [i] Starting',
    ...ftl.lists.flatMap(({ address }) => [`  [i] Target: ${address}`, '  [✓] Status: Retrieval successful']),
    ...(ftl.world.gravityProblem === undefined
      ? [`  [i] Number of gravity domains: ${ftl.gravityCount}`, '  [✓] Done.']
      : [`  [✗] ${ftl.world.gravityProblem}`]),
  ]
  const encoder = new TextEncoder()
  const chunks = lines.map((line) => encoder.encode(`${line}\n`))
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
  return new Response(body, { headers: { ...headersOf(ftl), 'content-type': 'text/plain' } })
}
