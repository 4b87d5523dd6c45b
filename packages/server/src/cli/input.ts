import { ToolError } from '@rackwarden/core'
import { isRecord } from '../json-rpc.ts'

/** Reads `key=value` pairs as the types a tool's input schema gives them; `base` is where they are put on top. */
export function parseInput(
  pairs: readonly string[],
  schema: Record<string, unknown> | undefined,
  base: string | undefined,
): Record<string, unknown> {
  // Without a prototype, `__proto__` is a key like any other, and refused like any other nobody knows.
  const input = Object.assign(Object.create(null) as Record<string, unknown>, base === undefined ? {} : objectOf(base))
  const properties = isRecord(schema?.properties) ? schema.properties : {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new ToolError('invalid_input', `'${pair}' is not key=value`, { hint: 'Write for example: container=traefik' })
    const [key, text] = [pair.slice(0, at), pair.slice(at + 1)]
    input[key] = valueOf(key, text, typesOf(properties[key]))
  }
  return input
}

function valueOf(key: string, text: string, types: ReadonlySet<string>): unknown {
  if (types.has('null') && text === 'null') return null
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if ((types.has('number') || types.has('integer')) && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if ((types.has('array') && text.startsWith('[')) || (types.has('object') && text.startsWith('{'))) return jsonOf(key, text)
  if (types.size === 0 || types.has('string')) return text
  const wanted = [...types].filter((type) => type !== 'null').join(' or ')
  const hint =
    types.has('array') || types.has('object')
      ? `Write it as JSON, for example ${key}='${types.has('array') ? '["a","b"]' : '{"a":1}'}'`
      : undefined
  throw new ToolError('invalid_input', `'${key}' must be ${wanted}, and '${text}' is not`, { hint })
}

/** The JSON types a schema allows, looked up through alternatives. */
function typesOf(schema: unknown): Set<string> {
  if (!isRecord(schema)) return new Set()
  const { type, anyOf, oneOf, enum: values } = schema
  const own = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : []
  const alternatives = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.flatMap((entry) => [...typesOf(entry)]) : []))
  const listed = Array.isArray(values) && own.length === 0 ? values.map((value) => typeof value) : []
  return new Set([...own, ...alternatives, ...listed])
}

function jsonOf(key: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ToolError('invalid_input', `'${key}' is not valid JSON`, { hint: 'Quote it for the shell with single quotes.', cause })
  }
}

function objectOf(text: string): Record<string, unknown> {
  const value = jsonOf('--input', text)
  if (!isRecord(value))
    throw new ToolError('invalid_input', '--input must be a JSON object', { hint: `For example --input '{"limit":10}'` })
  return { ...value }
}
