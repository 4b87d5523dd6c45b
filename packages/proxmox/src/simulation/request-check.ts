import { parameters } from './parameters.ts'

/** Why a request is no request of this API. */
export type Refusal = { status: 501 | 400; reason: string; errors?: Record<string, string> }

interface Endpoint {
  method: string
  path: RegExp
  names: readonly string[]
  fields: ReadonlyMap<string, { type: string; isRequired: boolean }>
}

/** A request as an answer needs it. */
export interface Request {
  method: string
  /** Behind `/api2/json`. */
  path: string
  fields: URLSearchParams
}

const formats: Readonly<Record<string, RegExp>> = {
  'pve-configid': /^[a-z][a-z0-9_-]+$/i,
  'pve-node': /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i,
  'pve-storage-id': /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
  'pve-vmid-list': /^\d{3,9}(?:[,; ]\d{3,9})*$/,
  'pve-task-status-type-list': /^(?:ok|error|warning|unknown)(?:[,; ](?:ok|error|warning|unknown))*$/,
  'storage-pair-list': /^[^\s]+$/,
}
// What is in the path has the same form wherever it is.
const inPath: Readonly<Record<string, RegExp>> = {
  node: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i,
  vmid: /^[1-9]\d{2,8}$/,
  storage: /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
  snapname: /^[a-z][a-z0-9_-]{1,39}$/i,
  upid: /^UPID:/,
}

/** Reads the digest of the vendor's schema and holds requests to it. */
export function openRequestCheck(): (request: Request) => Refusal | undefined {
  const endpoints = parameters.trim().split('\n').map(endpointIn)
  return (request) => {
    const endpoint = endpoints.find(({ method, path }) => method === request.method && path.test(request.path))
    if (endpoint === undefined) return { status: 501, reason: `Method '${request.method} ${request.path}' not implemented` }
    const errors = errorsOf(endpoint, request)
    return Object.keys(errors).length === 0 ? undefined : { status: 400, reason: 'Parameter verification failed.', errors }
  }
}

function endpointIn(line: string): Endpoint {
  const [method = '', path = '', ...fields] = line.split(' ')
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  return {
    method,
    path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
    names,
    fields: new Map(
      fields.map((field) => {
        const [, name = '', optional, type = ''] = /^([^:?]+)(\?)?:(.*)$/.exec(field) ?? []
        return [name, { type, isRequired: optional === undefined }]
      }),
    ),
  }
}

function errorsOf({ path, names, fields }: Endpoint, request: Request): Record<string, string> {
  const errors: Record<string, string> = {}
  const values = (path.exec(request.path) ?? []).slice(1).map(decodeURIComponent)
  for (const [index, name] of names.entries())
    if (inPath[name]?.test(values[index] ?? '') === false) errors[name] = `invalid format - value does not look like a valid ${name}`
  for (const name of new Set(request.fields.keys())) {
    const field = fields.get(name) ?? fields.get(name.replace(/\d+$/, '[n]'))
    const given = request.fields.getAll(name)
    if (field === undefined) errors[name] = 'property is not defined in schema and the schema does not allow additional properties'
    else if (given.length > 1 && field.type !== 'array') errors[name] = 'type check failed - got array'
    else {
      const problem = given.map((value) => problemOf(value, field.type)).find((one) => one !== undefined)
      if (problem !== undefined) errors[name] = problem
    }
  }
  for (const [name, { isRequired }] of fields)
    if (isRequired && !request.fields.has(name)) errors[name] = 'property is missing and it is not optional'
  return errors
}

function problemOf(value: string, type: string): string | undefined {
  const [, base = type, inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? []
  if (base === 'boolean')
    return /^(?:0|1|true|false|yes|no|on|off)$/i.test(value) ? undefined : `type check ('boolean') failed - got '${value}'`
  if (base === 'enum')
    return inner.split('|').includes(value)
      ? undefined
      : `value '${value}' does not have a value in the enumeration '${inner.replaceAll('|', ', ')}'`
  if (base === 'integer' || base === 'number') {
    const number = Number(value)
    if (!(base === 'integer' ? /^-?\d+$/.test(value) : Number.isFinite(number) && value !== ''))
      return `type check ('${base}') failed - got '${value}'`
    const [least = '', most = ''] = inner.split('..')
    if (least !== '' && number < Number(least)) return `value must have a minimum value of ${least}`
    return most !== '' && number > Number(most) ? `value must have a maximum value of ${most}` : undefined
  }
  const longest = Number(/≤(\d+)/.exec(inner)?.[1] ?? Infinity)
  if (value.length > longest) return `value may only be ${longest} characters long`
  const form = formats[inner.split(',')[0] ?? '']
  return form === undefined || form.test(value)
    ? undefined
    : `invalid format - value '${value}' does not look like a valid ${inner.split(',')[0]}`
}
