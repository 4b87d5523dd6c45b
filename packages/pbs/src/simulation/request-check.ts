import { requestSchema } from './request-schema.ts'

interface Parameter {
  name: string
  type: string
  isOptional: boolean
}

interface Endpoint {
  method: string
  path: RegExp
  parameters: readonly Parameter[]
}

/** A request the vendor's schema has, or why it has it not. */
export type Checked = { values: Readonly<Record<string, unknown>> } | { refused: string } | undefined

/** Reads the schema, and holds requests to it: undefined where there is no such endpoint. */
export function createRequestCheck(): (method: string, target: string, body: string | undefined) => Checked {
  const endpoints = requestSchema
    .trim()
    .split('\n')
    .map((line): Endpoint => {
      const [method = '', path = '', ...parameters] = line.split(' ')
      return {
        method,
        path: new RegExp(`^${path.replaceAll(/\{[\w-]+\}/g, '[^/]+')}$`),
        parameters: parameters.map((text) => {
          const [, name = '', optional, type = 'any'] = /^([\w-]+)(\??)=(.*)$/.exec(text) ?? []
          return { name, type, isOptional: optional === '?' }
        }),
      }
    })
  return (method, target, body) => {
    const { pathname, searchParams } = new URL(target, 'http://pbs.simulated')
    const endpoint = endpoints.find((one) => one.method === method && one.path.test(pathname))
    if (endpoint === undefined) return undefined
    const given: [string, unknown][] = [...searchParams]
    // It takes a form as well as JSON.
    if (body?.startsWith('{') === true) given.push(...Object.entries(JSON.parse(body) as Record<string, unknown>))
    else if (body !== undefined) given.push(...new URLSearchParams(body))
    const values: Record<string, unknown> = {}
    const wrong: string[] = []
    for (const [name, value] of given) {
      const parameter = endpoint.parameters.find((one) => one.name === name)
      const read = parameter === undefined ? undefined : readAs(parameter.type, value)
      if (parameter === undefined) wrong.push(`parameter '${name}': schema does not allow additional properties`)
      else if (read === undefined) wrong.push(`parameter '${name}': value is no ${parameter.type}`)
      else values[name] = read
    }
    for (const { name, isOptional } of endpoint.parameters)
      if (!isOptional && !(name in values)) wrong.push(`parameter '${name}': parameter is missing and it is not optional.`)
    return wrong.length === 0 ? { values } : { refused: `parameter verification errors\n\n${wrong.join('\n')}` }
  }
}

/** A value as its type has it; text in a query may stand for any of them. */
function readAs(type: string, value: unknown): unknown {
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value
    return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : undefined
  }
  if (type === 'integer') return /^-?\d+$/.test(String(value)) && typeof value !== 'boolean' ? Number(value) : undefined
  if (typeof value !== 'string') return undefined
  const choices = /^enum\((.*)\)/.exec(type)?.[1]?.split('|')
  return choices === undefined || choices.includes(value) ? value : undefined
}
