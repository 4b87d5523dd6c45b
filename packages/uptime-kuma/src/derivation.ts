import { ToolError } from '@rackwarden/core'

/** Kinds of monitors that can be made. */
export const offeredTypes = ['http', 'keyword', 'json-query', 'ping', 'port', 'dns', 'docker', 'push', 'group'] as const
export type OfferedType = (typeof offeredTypes)[number]

/** What says what is to be watched. */
export interface Watched {
  type?: OfferedType | undefined
  url?: string | undefined
  host?: string | undefined
  port?: number | undefined
  container?: string | undefined
  keyword?: string | undefined
  json_path?: string | undefined
  expected_value?: string | undefined
}

/** Its kind, and the fields of a monitor that follow from it. */
export interface Derived {
  type: OfferedType
  fields: Readonly<Record<string, string | number>>
}

const needs: Readonly<Record<OfferedType, readonly (keyof Watched)[]>> = {
  http: ['url'],
  keyword: ['url', 'keyword'],
  'json-query': ['url', 'json_path', 'expected_value'],
  ping: ['host'],
  port: ['host', 'port'],
  dns: ['host'],
  docker: ['container'],
  push: [],
  group: [],
}
const mayHave: Readonly<Partial<Record<OfferedType, readonly (keyof Watched)[]>>> = { dns: ['port'] }

/** Says what kind of monitor is meant; refuses what does not fit together. */
export function derive({ type: wanted, url, host, port, container, keyword, json_path, expected_value }: Watched): Derived {
  const watched = opened({ type: wanted, url, host, port, container, keyword, json_path, expected_value })
  const type = watched.type ?? typeOf(watched)
  const missing = needs[type].filter((name) => watched[name] === undefined)
  if (missing.length > 0)
    throw new ToolError('invalid_input', `A monitor of type ${type} needs ${needs[type].join(', ')}; ${missing.join(', ')} is missing.`, {
      hint: 'Or leave type out: it follows from url, host, port and container.',
    })
  const known = new Set<string>(['type', ...needs[type], ...(mayHave[type] ?? [])])
  const odd = Object.entries(watched).flatMap(([name, value]) => (value === undefined || known.has(name) ? [] : [name]))
  if (odd.length > 0)
    throw new ToolError('invalid_input', `A monitor of type ${type} has no ${odd.join(', ')}.`, {
      hint: needs[type].length > 0 ? `It has ${[...known].filter((name) => name !== 'type').join(', ')}.` : 'It watches nothing by itself.',
    })
  return { type, fields: fieldsOf(watched, type) }
}

/** A url that is none of the web says host and port in one. */
function opened(given: Watched): Watched {
  if (given.url === undefined) return given
  const [, scheme = '', host = '', port] = /^(tcp|ping|icmp):\/\/(\[[0-9a-f:]+\]|[^/:?#@\s]+)(?::(\d{1,5}))?\/?$/i.exec(given.url) ?? []
  if (host !== '') {
    const { url: _, ...rest } = given
    const bare = host.replace(/^\[|\]$/g, '')
    return scheme.toLowerCase() === 'tcp'
      ? { ...rest, host: bare, ...(port === undefined ? {} : { port: Number(port) }) }
      : { ...rest, host: bare }
  }
  if (!/^https?:\/\//i.test(given.url) || !URL.canParse(given.url))
    throw new ToolError('invalid_input', 'url is no address of the web.', {
      hint: 'Write http:// or https:// before it; for anything else give host and port.',
    })
  return given
}

function typeOf({ url, host, port, container, keyword, json_path }: Watched): OfferedType {
  if (url !== undefined) return keyword !== undefined ? 'keyword' : json_path !== undefined ? 'json-query' : 'http'
  if (container !== undefined) return 'docker'
  if (host !== undefined) return port === undefined ? 'ping' : 'port'
  throw new ToolError('invalid_input', 'Nothing says what is to be watched.', {
    hint: 'Give url, host, host and port, or container; or type push or group, which need none.',
  })
}

function fieldsOf({ url, host, port, container, keyword, json_path, expected_value }: Watched, type: OfferedType) {
  const fields = {
    url,
    hostname: host,
    port: port ?? (type === 'dns' ? 53 : undefined),
    docker_container: container,
    keyword,
    jsonPath: json_path,
    expectedValue: expected_value,
  }
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string | number] => entry[1] !== undefined))
}
