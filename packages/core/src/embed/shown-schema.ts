import { z } from 'zod'
import type { JsonSchema } from '../call/json-schema.ts'

/**
 * A zod object that takes every object as it is and is listed as the given JSON schema: what both SDK lines take for a tool.
 * The call path parses; a second parser before it would refuse in its own words, unaudited.
 */
export function shownSchema(jsonSchema: JsonSchema): z.ZodType<Record<string, unknown>> {
  const schema = z.looseObject({})
  const { _zod: internals } = schema
  // A fresh object each time, for the conversion empties what it is given; the undefined key takes zod's own `$schema` away.
  internals.toJSONSchema = () => ({ ...jsonSchema, $schema: undefined })
  return schema
}
