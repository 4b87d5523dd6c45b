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
  const path = new URL(target, 'http://monitor').pathname.replace(/^\/alertmanager/, '')
  return digest.endpoints.find(
    (endpoint) => endpoint.method === method && new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
}

/** What the vendor's schema does not know about a request, a sentence each. */
export function requestProblems({ method, target, sent }: { method: string; target: string; sent?: string | undefined }): string[] {
  const endpoint = endpointOf(method, target)
  if (endpoint === undefined) return [`${method} ${target} is no endpoint`]
  const body = Object.entries(endpoint.parameters).find(([name]) => name.startsWith('body '))?.[1]
  const parameters = [...new URL(target, 'http://monitor').searchParams].flatMap(([name, value]) => {
    const type = endpoint.parameters[`query ${name}?`] ?? endpoint.parameters[`query ${name}`]
    if (type === undefined) return [`${target}: '${name}' is no parameter`]
    return fitsText(value, type) ? [] : [`${target}: '${name}' is no ${JSON.stringify(type)}`]
  })
  return [...parameters, ...(sent === undefined ? [] : problems(JSON.parse(sent), body ?? 'nothing', `${method} ${target}`))]
}

function fitsText(value: string, type: Shape): boolean {
  if (isList(type)) return fitsText(value, type[0] ?? 'any')
  if (typeof type !== 'string') return alternatives(type)?.some((one) => fitsText(value, one)) ?? false
  if (type === 'boolean') return value === 'true' || value === 'false'
  if (type === 'integer' || type === 'number') return Number.isFinite(Number(value))
  return true
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
  const shape = endpoint?.responses[status] ?? endpoint?.responses['default']
  if (shape === undefined) return [`${method} ${target}: ${status} is no answer`]
  if (shape === 'nothing') return body === '' ? [] : [`${target}: ${status} has a body`]
  return problems(JSON.parse(body), shape, target)
}

function problems(value: unknown, shape: Shape, at: string): string[] {
  if (typeof shape === 'string') return scalarProblems(value, shape, at)
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
  if (shape === 'any') return []
  if (shape.startsWith('$')) return problems(value, digest.types[shape.slice(1)] ?? 'any', at)
  const fits =
    shape === 'integer'
      ? Number.isInteger(value)
      : shape.startsWith('enum(')
        ? typeof value === 'string' && shape.slice(5, -1).split('|').includes(value)
        : typeof value === shape
  return fits ? [] : [`${at} is no ${shape}`]
}

function alternatives(shape: Shape): readonly Shape[] | undefined {
  if (typeof shape === 'string' || isList(shape)) return undefined
  const either = shape['~any']
  return either !== undefined && isList(either) ? either : undefined
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape)
}
