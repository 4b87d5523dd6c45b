import type { z } from 'zod'
import { ToolError } from '../define/error.ts'
import type { JsonSchema } from './json-schema.ts'
import { didYouMean } from '../define/nearest-names.ts'

/** Parses the input of one tool; throws `invalid_input` naming each field that is wrong. */
export function parseInput(schema: z.ZodObject, listed: JsonSchema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = (listed['properties'] ?? {}) as Record<string, JsonSchema>
  const names = Object.keys(properties)
  const unknown = Object.keys(given).find((key) => !names.includes(key))
  if (unknown !== undefined)
    throw new ToolError('invalid_input', `There is no input '${unknown}'.${didYouMean(unknown, names)}`, {
      hint: names.length === 0 ? 'The tool takes no input.' : `The inputs are: ${names.join(', ')}.`,
    })
  const parsed = schema.safeParse(lenientInput(listed, given))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 1 && given[String(path[0])] === undefined
      ? `${String(path[0])}: it is missing`
      : `${path.join('.') || 'input'}: ${message}`,
  )
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? '')))]
  throw new ToolError('invalid_input', issues.join('; '), { hint: whatIsTaken(wrong, properties) })
}

/** What fields are for, in the words they are listed with; of a field that is listed without any, its name says it. */
function whatIsTaken(fields: readonly string[], properties: Readonly<Record<string, JsonSchema>>): string {
  const told = fields.flatMap((field) => {
    const { description } = properties[field] ?? {}
    return typeof description === 'string' ? [`${field}: ${description}`] : []
  })
  return told.length > 0 ? told.join('\n') : `The inputs are: ${Object.keys(properties).join(', ')}.`
}

/** Models and shells send "42" for 42, and null for what they leave out; what the schema makes unambiguous is taken as meant. */
export function lenientInput(listed: JsonSchema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = (listed['properties'] ?? {}) as Record<string, JsonSchema>
  const required = (listed['required'] ?? []) as readonly string[]
  const meant = Object.entries(given).filter(([key, value]) => value !== null || required.includes(key) || mayBeNull(properties[key]))
  return Object.fromEntries(meant.map(([key, value]) => [key, coerce(value, properties[key] ?? {})]))
}

/** Of what a schema does not say plainly null may be a value. */
function mayBeNull(schema: JsonSchema | undefined): boolean {
  const types = [schema?.['type']].flat()
  return types.includes(undefined) || types.includes('null') || schema?.['nullable'] === true
}

function coerce(value: unknown, schema: JsonSchema): unknown {
  if (typeof value !== 'string') return value
  const text = value.trim()
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : value
    case 'array':
    case 'object':
      return parsedJson(text) ?? value
    default:
      return value
  }
}

function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
