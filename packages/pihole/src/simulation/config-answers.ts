import { parseCnameLine, parseHostLine } from '../records.ts'
import type { SimulatedFtl } from './ftl.ts'
import { empty, json, refusal, type Request } from './replies.ts'

type Array_ = 'hosts' | 'cnameRecords'

/** `/config` and what is below it. */
export function configAnswer(ftl: SimulatedFtl, { method, path, query, body }: Request): Response | undefined {
  const dns = () => ({ hosts: ftl.hosts, cnameRecords: ftl.cnames, upstreams: ftl.world.upstreams })
  if (method === 'GET' && path === 'config/dns') return json(ftl, { config: { dns: dns() } })
  if (method === 'GET' && path === 'config/webserver/api')
    return json(ftl, { config: { webserver: { api: { app_sudo: ftl.world.appSudo ?? false } } } })
  if (method === 'GET') return undefined
  if (ftl.world.isAppPassword === true && ftl.world.appSudo !== true)
    return refusal(ftl, 403, {
      key: 'forbidden',
      message: 'Configuration is read-only',
      hint: 'app sessions may not (webserver.api.app_sudo is false)',
    })
  if (method === 'PATCH' && path === 'config') return patched(ftl, body)
  const [, array, item] = /^config\/dns\/(hosts|cnameRecords)\/([^/]+)$/.exec(path) ?? []
  if (array === undefined || item === undefined) return undefined
  const line = decodeURIComponent(item)
  // It takes a path apart once it is decoded.
  if (line.includes('/')) return refusal(ftl, 400, { key: 'bad_request', message: 'Invalid path depth' })
  return changed(ftl, { method, array: array as Array_, line, restarts: query.get('restart') !== 'false' })
}

function changed(
  ftl: SimulatedFtl,
  { method, array, line, restarts }: { method: string; array: Array_; line: string; restarts: boolean },
): Response | undefined {
  const lines = array === 'hosts' ? ftl.hosts : ftl.cnames
  const has = lines.includes(line)
  if (method === 'PUT' && has)
    return refusal(ftl, 400, { key: 'bad_request', message: 'Item already present', hint: 'each item stands there once' })
  if (method === 'PUT' && !isValid(array, line)) return refusal(ftl, 400, { key: 'bad_request', message: 'Invalid value', hint: line })
  if (method === 'DELETE' && !has) return json(ftl, {}, 404)
  if (method !== 'PUT' && method !== 'DELETE') return undefined
  const after = method === 'PUT' ? [...lines, line] : lines.filter((one) => one !== line)
  if (array === 'hosts') ftl.hosts = after
  else {
    ftl.cnames = after
    if (restarts) ftl.restart()
  }
  return method === 'PUT' ? json(ftl, {}, 201) : empty(ftl, 204)
}

function isValid(array: Array_, line: string): boolean {
  return (array === 'hosts' ? parseHostLine(line) : parseCnameLine(line)) !== undefined
}

function patched(ftl: SimulatedFtl, body: Record<string, unknown>): Response {
  const { dns } = (body as { config: { dns: { hosts?: string[]; cnameRecords?: string[] } } }).config
  const wrong = [
    ...(dns.hosts ?? []).filter((line) => !isValid('hosts', line)),
    ...(dns.cnameRecords ?? []).filter((line) => !isValid('cnameRecords', line)),
  ]
  if (wrong.length > 0) return refusal(ftl, 400, { key: 'bad_request', message: 'Invalid value', hint: wrong[0] })
  const restarts = dns.cnameRecords !== undefined && JSON.stringify(dns.cnameRecords) !== JSON.stringify(ftl.cnames)
  ftl.hosts = dns.hosts ?? ftl.hosts
  ftl.cnames = dns.cnameRecords ?? ftl.cnames
  if (restarts) ftl.restart()
  return json(ftl, { config: { dns: { hosts: ftl.hosts, cnameRecords: ftl.cnames, upstreams: ftl.world.upstreams } } })
}
