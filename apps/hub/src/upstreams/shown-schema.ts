import { reservedInputs } from '@rackwarden/core'
import { cleanData } from '@rackwarden/core/runtime'
import { isRecord } from './definitions.ts'

type Schema = Readonly<Record<string, unknown>>

/** Words of a schema a model gains nothing from. */
const noise = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'examples',
  'pattern',
  'patternProperties',
  'format',
  'propertyNames',
  'minLength',
  'maxLength',
  'minItems',
  'uniqueItems',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
])
/** Words behind which names stand that are the server's own, not words of a schema. */
const named = new Set(['properties', '$defs', 'definitions', 'dependentSchemas'])
/** Words behind which any data may stand. */
const data = new Set(['default', 'enum', 'const', 'required'])
const [longestDescription, longestShown] = [300, 6_000]

/** The inputs of a foreign tool as they are listed here, and how a call is made of what comes in. */
export interface ShownInput {
  readonly schema: Record<string, unknown>
  /** Gives inputs the names the server knows them by. */
  readonly original: (input: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

/** Makes a foreign schema lean, and moves inputs out of the way of our own: `confirm` is listed as `confirm_`. */
export function shownInput(schema: Schema): ShownInput {
  const names = Object.keys(isRecord(schema['properties']) ? schema['properties'] : {})
  const moved = new Map<string, string>()
  for (const reserved of reservedInputs) {
    if (!names.includes(reserved)) continue
    let name = `${reserved}_`
    while (names.includes(name)) name += '_'
    moved.set(reserved, name)
  }
  const back = new Map([...moved].map(([original, listed]) => [listed, original]))
  const lean = renamed(leaned(cleanData(schema)) as Record<string, unknown>, moved)
  return {
    schema: JSON.stringify(lean).length <= longestShown ? lean : withoutDepth(lean),
    original: (input) => Object.fromEntries(Object.entries(input).map(([name, value]) => [back.get(name) ?? name, value])),
  }
}

/** The schema an input is held to here; what could take a checker for ever is left to the server. */
export function checkedSchema(schema: Schema): Record<string, unknown> {
  return walked(schema, new Set(['pattern', 'patternProperties', 'format', 'title', 'examples', '$id'])) as Record<string, unknown>
}

function leaned(node: unknown): unknown {
  return walked(node, noise, (word, value) => {
    if (word === 'description' && typeof value === 'string')
      return value.length > longestDescription ? `${value.slice(0, longestDescription - 1)}…` : value
    if (word === 'additionalProperties' && typeof value === 'boolean') return undefined
    return word === 'default' && (value === null || value === false || value === '') ? undefined : value
  })
}

/** Goes through a schema and leaves words out of it; names of inputs that read like words stay. */
function walked(
  node: unknown,
  without: ReadonlySet<string>,
  change: (word: string, value: unknown) => unknown = (_, value) => value,
): unknown {
  if (Array.isArray(node)) return node.map((item) => walked(item, without, change))
  if (!isRecord(node)) return node
  const kept: Record<string, unknown> = {}
  for (const [word, given] of Object.entries(node)) {
    if (without.has(word)) continue
    const value = change(word, given)
    if (value === undefined) continue
    if (data.has(word)) kept[word] = value
    else if (named.has(word) && isRecord(value))
      kept[word] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walked(inner, without, change)]))
    else kept[word] = walked(value, without, change)
  }
  return kept
}

function renamed(schema: Record<string, unknown>, moved: ReadonlyMap<string, string>): Record<string, unknown> {
  if (moved.size === 0) return schema
  const to = (name: string) => moved.get(name) ?? name
  const { properties, required } = schema
  return {
    ...schema,
    ...(isRecord(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [to(name), value])) }
      : {}),
    ...(Array.isArray(required) ? { required: required.map((name: unknown) => (typeof name === 'string' ? to(name) : name)) } : {}),
  }
}

/** What is left of a schema nobody can afford to list: its inputs by name, kind and first words. */
function withoutDepth(schema: Record<string, unknown>): Record<string, unknown> {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  const short = Object.entries(properties).map(([name, value]) => {
    const { type, description } = isRecord(value) ? value : {}
    const words = typeof description === 'string' ? { description: description.slice(0, 80) } : {}
    return [name, { ...(type === undefined ? {} : { type }), ...words }] as const
  })
  return {
    type: 'object',
    properties: Object.fromEntries(short.slice(0, 60)),
    ...(schema['required'] === undefined ? {} : { required: schema['required'] }),
  }
}
