import { readFileSync } from 'node:fs'

type Shape = string | readonly Shape[] | { readonly [field: string]: Shape }

interface Digest {
  endpoints: { method: string; path: string; parameters: Record<string, Shape>; responses: Record<string, Shape> }[]
  types: Record<string, Shape>
}

const digest = JSON.parse(readFileSync(new URL('schema-digest.json', import.meta.url), 'utf8')) as Digest

/** Every endpoint of the digest, as `GET /path`. */
export const endpoints = digest.endpoints.map(({ method, path }) => `${method} ${path}`)

/** The endpoint of the digest a request goes to. */
export function endpointOf(method: string, target: string) {
  const path = new URL(target, 'http://engine').pathname.replace(/^\/v\d+\.\d+/, '')
  return digest.endpoints.find(
    (endpoint) => endpoint.method === method && new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
}

/** What the vendor's schema does not know about a request, a sentence each. */
export function requestProblems(method: string, target: string): string[] {
  const endpoint = endpointOf(method, target)
  if (endpoint === undefined) return [`${method} ${target} is no endpoint`]
  return [...new URL(target, 'http://engine').searchParams].flatMap(([name, value]) => {
    const type = endpoint.parameters[`query ${name}?`] ?? endpoint.parameters[`query ${name}`]
    if (type === undefined) return [`${target}: '${name}' is no parameter`]
    const fits = Array.isArray(type) ? fitsText(value, type[0] as string) : fitsText(value, type as string)
    return fits ? [] : [`${target}: '${name}' is no ${JSON.stringify(type)}`]
  })
}

function fitsText(value: string, type: string): boolean {
  if (type === 'boolean') return value === 'true' || value === 'false'
  if (type === 'integer') return /^-?\d+$/.test(value)
  return type.startsWith('enum(') ? enumOf(type).includes(value) : true
}

/** What an answer has that the vendor's schema has not, or the other way round, a sentence each. */
export function answerProblems({
  method,
  target,
  status,
  body,
}: {
  method: string
  target: string
  status: number
  body: string
}): string[] {
  const endpoint = endpointOf(method, target)
  // The vendor does not list every status it answers with, but every error has one shape.
  const shape = endpoint?.responses[status] ?? (status >= 400 ? '$ErrorResponse' : undefined)
  if (shape === undefined) return [`${method} ${target}: ${status} is no answer`]
  if (shape === 'nothing') return body === '' ? [] : [`${target}: ${status} has a body`]
  if (shape === 'string') return []
  return problems(JSON.parse(body), shape, target)
}

function problems(value: unknown, shape: Shape, at: string): string[] {
  if (typeof shape === 'string') return scalarProblems(value, shape, at)
  if (isList(shape))
    return Array.isArray(value)
      ? value.flatMap((item, index) => problems(item, shape[0] ?? 'any', `${at}[${index}]`))
      : [`${at} is no list`]
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
  if (shape === 'any') return []
  if (shape.startsWith('$')) return problems(value, digest.types[shape.slice(1)] ?? 'any', at)
  const type = shape.replace(/\|null$/, '')
  if (value === null && shape !== type) return []
  const fits =
    type === 'integer'
      ? Number.isInteger(value)
      : type.startsWith('enum(')
        ? typeof value === 'string' && enumOf(type).includes(value)
        : typeof value === type
  return fits ? [] : [`${at} is no ${shape}`]
}

function isList(shape: Exclude<Shape, string>): shape is readonly Shape[] {
  return Array.isArray(shape)
}

function enumOf(type: string): string[] {
  return type.slice('enum('.length, -1).split('|')
}
