import { readFileSync } from 'node:fs'

type Shape = string | readonly Shape[] | { readonly [field: string]: Shape }

interface Endpoint {
  method: string
  path: string
  /** `query name`, `body name` …, with `?` behind what may be left out. */
  parameters: Record<string, Shape>
  /** By status, `default` for every other. */
  responses: Record<string, Shape>
}

/** One exchange with an upstream, as it went over the wire. */
export interface Exchange {
  method: string
  target: string
  /** JSON that was sent, where anything was. */
  sent?: string | undefined
  status: number
  body: string
}

/** A vendor's schema without its prose: what client and simulator are held to. */
export interface SchemaDigest {
  /** Every endpoint, as `GET /path`. */
  readonly endpoints: readonly string[]
  /** `GET /path` of the endpoint a request goes to. */
  readonly endpointOf: (exchange: Pick<Exchange, 'method' | 'target'>) => string | undefined
  /** What the schema does not know about a request, a sentence each. */
  readonly requestProblems: (exchange: Pick<Exchange, 'method' | 'target' | 'sent'>) => string[]
  /** What an answer has that the schema has not, or the other way round, a sentence each. */
  readonly answerProblems: (exchange: Pick<Exchange, 'method' | 'target' | 'status' | 'body'>) => string[]
}

/** How the paths and failures of a vendor relate to its schema. */
export interface SchemaDigestOptions {
  /** What stands before the schema's own paths: a version, a prefix. */
  prefix?: RegExp
  /** Type of every failure the schema does not list. */
  failure?: string
}

/** Reads the digest of a vendor's schema. */
export function openSchemaDigest(file: URL, { prefix, failure }: SchemaDigestOptions = {}): SchemaDigest {
  const digest = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: Endpoint[]; types: Record<string, Shape> }
  const find = (method: string, target: string) => {
    const { pathname } = new URL(target, 'http://upstream')
    const path = prefix === undefined ? pathname : pathname.replace(prefix, '')
    return digest.endpoints.find(
      (endpoint) => endpoint.method === method && new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
  }
  const problems = (value: unknown, shape: Shape, at: string) => shapeProblems(digest.types, value, shape, at)
  return {
    endpoints: digest.endpoints.map(({ method, path }) => `${method} ${path}`),
    endpointOf: ({ method, target }) => {
      const endpoint = find(method, target)
      return endpoint === undefined ? undefined : `${method} ${endpoint.path}`
    },
    requestProblems: ({ method, target, sent }) => {
      const endpoint = find(method, target)
      if (endpoint === undefined) return [`${method} ${target} is no endpoint`]
      const body = Object.entries(endpoint.parameters).find(([name]) => name.startsWith('body '))?.[1]
      const parameters = [...new URL(target, 'http://upstream').searchParams].flatMap(([name, value]) => {
        const type = endpoint.parameters[`query ${name}?`] ?? endpoint.parameters[`query ${name}`]
        if (type === undefined) return [`${target}: '${name}' is no parameter`]
        return fitsText(value, type) ? [] : [`${target}: '${name}' is no ${JSON.stringify(type)}`]
      })
      return [...parameters, ...(sent === undefined ? [] : problems(JSON.parse(sent), body ?? 'nothing', `${method} ${target}`))]
    },
    answerProblems: ({ method, target, status, body }) => {
      const responses = find(method, target)?.responses
      const shape = responses?.[status] ?? responses?.['default'] ?? (status >= 400 ? failure : undefined)
      if (shape === undefined) return [`${method} ${target}: ${status} is no answer`]
      if (shape === 'nothing') return body === '' ? [] : [`${target}: ${status} has a body`]
      return shape === 'string' && !body.startsWith('"') ? [] : problems(JSON.parse(body), shape, target)
    },
  }
}

/** Whether the text of a parameter can be what its type says. */
function fitsText(value: string, type: Shape): boolean {
  if (isList(type)) return fitsText(value, type[0] ?? 'any')
  if (typeof type !== 'string') return alternatives(type)?.some((one) => fitsText(value, one)) ?? false
  if (type === 'boolean') return value === 'true' || value === 'false'
  if (type === 'integer' || type === 'number') return value !== '' && Number.isFinite(Number(value))
  return type.startsWith('enum(') ? enumOf(type).includes(value) : true
}

function shapeProblems(types: Record<string, Shape>, value: unknown, shape: Shape, at: string): string[] {
  const problems = (own: unknown, type: Shape, where: string): string[] => shapeProblems(types, own, type, where)
  if (typeof shape === 'string')
    return shape.startsWith('$') ? problems(value, types[shape.slice(1)] ?? 'any', at) : scalarProblems(value, shape, at)
  if (isList(shape))
    return Array.isArray(value)
      ? value.flatMap((item, index) => problems(item, shape[0] ?? 'any', `${at}[${index}]`))
      : [`${at} is no list`]
  const either = alternatives(shape)
  if (either !== undefined) {
    const each = either.map((one) => problems(value, one, at))
    return each.some((found) => found.length === 0) ? [] : [`${at} is none of its alternatives: ${each.flat().join('; ')}`]
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`]
  const entries = Object.entries(value)
  const map = shape['~map']
  if (map !== undefined) return entries.flatMap(([key, item]) => problems(item, map, `${at}.${key}`))
  const missing = Object.keys(shape).filter((field) => !field.endsWith('?') && !(field in value))
  return [
    ...missing.map((field) => `${at}.${field} is missing`),
    ...entries.flatMap(([key, item]) => {
      const type = shape[key] ?? shape[`${key}?`]
      return type === undefined ? [`${at}.${key} is unknown`] : problems(item, type, `${at}.${key}`)
    }),
  ]
}

function scalarProblems(value: unknown, shape: string, at: string): string[] {
  const type = shape.replace(/\|null$/, '')
  if (type === 'any' || (value === null && shape !== type)) return []
  const fits =
    type === 'integer'
      ? Number.isInteger(value)
      : type.startsWith('enum(')
        ? typeof value === 'string' && enumOf(type).includes(value)
        : typeof value === type
  return fits ? [] : [`${at} is no ${shape}`]
}

function alternatives(shape: Exclude<Shape, string>): readonly Shape[] | undefined {
  if (isList(shape)) return undefined
  const either = shape['~any']
  return either !== undefined && isList(either) ? either : undefined
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape)
}

function enumOf(type: string): string[] {
  return type.slice('enum('.length, -1).split('|')
}
