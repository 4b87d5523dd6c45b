import type { DomainEntry, ListEntry } from '../pihole-schema.ts'
import type { SimulatedFtl } from './ftl.ts'
import { empty, json, refusal, type Request } from './replies.ts'

const added = 1_780_000_000

interface Sent {
  domain?: string
  address?: string
  comment?: string | null
  groups?: number[]
  enabled?: boolean
}

/** `/domains`, `/lists`, `/groups` and `/search`. */
export function listAnswer(ftl: SimulatedFtl, request: Request): Response | undefined {
  const { method, path, query } = request
  if (method === 'GET' && path === 'domains') return json(ftl, { domains: ftl.domains.map(domainRow) })
  if (method === 'GET' && path === 'lists') return json(ftl, { lists: ftl.lists.map((entry) => listRow(ftl, entry)) })
  if (method === 'GET' && path === 'groups')
    return json(ftl, { groups: ftl.groups.map((group) => ({ ...group, comment: null, date_added: added, date_modified: added })) })
  const [, searched] = /^search\/([^/]+)$/.exec(path) ?? []
  if (method === 'GET' && searched !== undefined)
    return search(ftl, decodeURIComponent(searched).toLowerCase(), Number(query.get('N') ?? 20))
  if (path === 'lists' || path.startsWith('lists/')) return changedList(ftl, request)
  return changedDomain(ftl, request)
}

function domainRow(entry: DomainEntry & { id: number }) {
  return { ...entry, unicode: entry.domain, date_added: added, date_modified: added }
}

function listRow(ftl: SimulatedFtl, entry: ListEntry & { id: number }) {
  const facts = { number: ftl.heldBy(entry.address).count, invalid_domains: 0, abp_entries: 0, status: 1 }
  return { ...entry, ...facts, date_added: added, date_modified: added, date_updated: Math.floor(ftl.builtAt / 1_000) }
}

function search(ftl: SimulatedFtl, name: string, most: number): Response {
  const matches = ({ kind, domain }: DomainEntry) => (kind === 'exact' ? domain === name : new RegExp(domain, 'i').test(name))
  const domains = ftl.domains.filter(matches).slice(0, most)
  const gravity = ftl.lists.filter(({ address }) => ftl.heldBy(address).domains.includes(name)).slice(0, most)
  const count = (kind: string) => domains.filter((entry) => entry.kind === kind).length
  const lists = (type: string) => gravity.filter((entry) => entry.type === type).length
  return json(ftl, {
    search: {
      domains: domains.map(({ ...entry }) => ({ ...entry, date_added: added, date_modified: added })),
      gravity: gravity.map((entry) => ({ ...listRow(ftl, entry), domain: name })),
      results: {
        domains: { exact: count('exact'), regex: count('regex') },
        gravity: { allow: lists('allow'), block: lists('block') },
        total: domains.length + gravity.length,
      },
      parameters: { partial: false, N: most, domain: name, debug: false },
    },
  })
}

const done = (item: string) => ({ processed: { success: [{ item }], errors: [] } })
const failed = (item: string, error: string) => ({ processed: { success: [], errors: [{ item, error }] } })

function changedDomain(ftl: SimulatedFtl, { method, path, body }: Request): Response | undefined {
  const [, type, kind, encoded] = /^domains\/(allow|deny)\/(exact|regex)(?:\/([^/]+))?$/.exec(path) ?? []
  if (type === undefined || kind === undefined) return undefined
  const place = { type: type as DomainEntry['type'], kind: kind as DomainEntry['kind'] }
  const { comment = null, groups, enabled = true, ...sent } = body as Sent
  const domain = encoded === undefined ? (sent.domain ?? '') : decodeURIComponent(encoded)
  const known = ftl.domains.find((entry) => entry.domain === domain && entry.type === type && entry.kind === kind)
  if (method === 'DELETE') {
    if (known === undefined) return json(ftl, {}, 404)
    ftl.domains = ftl.domains.filter((entry) => entry !== known)
    return empty(ftl, 204)
  }
  if (method !== 'POST' && method !== 'PUT') return undefined
  const status = method === 'POST' ? 201 : 200
  const problem = kind === 'regex' ? regexProblem(domain) : undefined
  if (problem !== undefined) return json(ftl, { domains: [], ...failed(domain, problem) }, status)
  if (method === 'POST' && known !== undefined) return json(ftl, { domains: [], ...failed(domain, 'UNIQUE constraint failed') }, status)
  const entry = { ...place, domain, comment, enabled, groups: groups ?? known?.groups ?? [0], id: known?.id ?? ftl.id() }
  ftl.domains = [...ftl.domains.filter((one) => one !== known), entry]
  return json(ftl, { domains: [domainRow(entry)], ...done(domain) }, status)
}

function changedList(ftl: SimulatedFtl, { method, path, query, body }: Request): Response | undefined {
  const type = query.get('type')
  if (type !== 'allow' && type !== 'block')
    return refusal(ftl, 400, { key: 'bad_request', message: 'No list type', hint: 'use ?type=allow or ?type=block' })
  const [, encoded] = /^lists\/([^/]+)$/.exec(path) ?? []
  const { comment = null, groups, enabled = true, ...sent } = body as Sent
  const address = encoded === undefined ? (sent.address ?? '') : decodeURIComponent(encoded)
  const known = ftl.lists.find((entry) => entry.address === address && entry.type === type)
  if (method === 'DELETE') {
    if (known === undefined) return json(ftl, {}, 404)
    ftl.lists = ftl.lists.filter((entry) => entry !== known)
    return empty(ftl, 204)
  }
  if (method !== 'POST' && method !== 'PUT') return undefined
  const status = method === 'POST' ? 201 : 200
  if (method === 'POST' && known !== undefined) return json(ftl, { lists: [], ...failed(address, 'UNIQUE constraint failed') }, status)
  const entry: ListEntry & { id: number } = {
    type,
    address,
    comment,
    enabled,
    groups: groups ?? known?.groups ?? [0],
    id: known?.id ?? ftl.id(),
  }
  ftl.lists = [...ftl.lists.filter((one) => one !== known), entry]
  return json(ftl, { lists: [listRow(ftl, entry)], ...done(address) }, status)
}

function regexProblem(text: string): string | undefined {
  try {
    return new RegExp(text) instanceof RegExp ? undefined : 'no expression'
  } catch {
    return 'it does not compile'
  }
}
