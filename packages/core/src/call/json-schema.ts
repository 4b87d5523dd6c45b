import { z } from 'zod'

/** A JSON schema as plain data. */
export type JsonSchema = Record<string, unknown>

/** Keys a model gains nothing from and pays for in every listing; what they say is still enforced. */
const noise = new Set([
  '$schema',
  'title',
  'additionalProperties',
  'pattern',
  'format',
  'propertyNames',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'exclusiveMinimum',
  'maximum',
])

/** The schema of a zod object, whole. */
export function wholeSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as JsonSchema
}

/** The schema of a zod object as a model should see it: without what is said already, and without patterns, formats and bounds. */
export function leanSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return lean(wholeSchema(schema, io)) as JsonSchema
}

function lean(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(lean)
  if (typeof node !== 'object' || node === null) return node
  const kept: JsonSchema = {}
  for (const [key, value] of Object.entries(node)) {
    if (noise.has(key) || (key === 'default' && isNothing(value))) continue
    kept[key] = key === 'default' || key === 'enum' ? value : key === 'properties' ? leanProperties(value as JsonSchema) : lean(value)
  }
  return kept
}

function leanProperties(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const { description, ...rest } = lean(property) as JsonSchema
      return [name, description === undefined || isEcho(name, description) ? rest : { description, ...rest }]
    }),
  )
}

/** Leaving an input out that is false or empty by default says the same. */
function isNothing(value: unknown): boolean {
  return value === false || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

/** True for a description that is the name once more. */
function isEcho(name: string, description: unknown): boolean {
  return typeof description === 'string' && description.toLowerCase().replace(/\.$/, '') === name.replaceAll('_', ' ')
}
