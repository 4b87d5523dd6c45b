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
  'minimum',
  'exclusiveMinimum',
  'maximum',
])

/** The schema of a zod object as a model should see it: no patterns, formats or bounds nobody set. */
export function leanSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return lean(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' })) as JsonSchema
}

function lean(node: unknown, insideProperties = false): unknown {
  if (Array.isArray(node)) return node.map((entry) => lean(entry))
  if (typeof node !== 'object' || node === null) return node
  const kept: JsonSchema = {}
  for (const [key, value] of Object.entries(node)) {
    if (!insideProperties && noise.has(key)) continue
    kept[key] = key === 'default' || key === 'enum' ? value : lean(value, key === 'properties' && !insideProperties)
  }
  return kept
}
