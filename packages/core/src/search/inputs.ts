import type { JsonSchema } from '../call/json-schema.ts'

/** Told with every call that needs it. */
const toldElsewhere = new Set(['confirm'])

/** Whatever lists rows takes them, always alike. */
const paging = new Set(['limit', 'cursor'])

/** What somebody else wrote may go on for pages, and within itself. */
const [longestDescription, longestType, deepest] = [160, 200, 3]

/** The inputs of a tool in a line, those it must have first: `name: string (required), Part of a name; tail: integer; limit, cursor`. */
export function inputsOf(schema: JsonSchema): string {
  const properties = recordIn(schema['properties'])
  const isRequired = requiredIn(schema)
  const pages = Object.keys(properties).filter((name) => paging.has(name) && !isRequired(name))
  const others = Object.entries(properties)
    .filter(([name]) => !toldElsewhere.has(name) && !pages.includes(name))
    .toSorted(([one], [other]) => Number(isRequired(other)) - Number(isRequired(one)))
    .map(([name, property]) => {
      const { description } = recordIn(property)
      const told = typeof description === 'string' && description !== '' ? `, ${oneLine(description).replace(/\.$/, '')}` : ''
      return `${name}: ${oneLine(typeOf(property), longestType)}${isRequired(name) ? ' (required)' : ''}${told}`
    })
  return [...others, ...(pages.length === 0 ? [] : [pages.join(', ')])].join('; ')
}

/** A description as one line, cut where it is none. */
export function oneLine(text: string, longest = longestDescription): string {
  const line = text
    .slice(0, longest * 8)
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** A type as a model writes it: `string`, `a|b`, `{host: string, port?: integer}[]`. */
function typeOf(given: unknown, depth = 0): string {
  const schema = recordIn(given)
  const { type, enum: values, items } = schema
  if (depth > deepest) return 'any'
  if (Array.isArray(values)) return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('|')
  if ('const' in schema) return JSON.stringify(schema['const'])
  const ways = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(ways)) return [...new Set(ways.map((way) => typeOf(way, depth + 1)))].join('|')
  if (type === 'array') {
    const item = typeOf(items, depth + 1)
    return `${item.includes('|') && !item.startsWith('{') ? `(${item})` : item}[]`
  }
  const fields = Object.entries(recordIn(schema['properties']))
  if (fields.length > 0) {
    const isRequired = requiredIn(schema)
    return `{${fields.map(([name, field]) => `${name}${isRequired(name) ? '' : '?'}: ${typeOf(field, depth + 1)}`).join(', ')}}`
  }
  const types = [type].flat().filter((one) => typeof one === 'string')
  return types.length === 0 ? 'any' : types.join('|')
}

function requiredIn({ required }: JsonSchema): (name: string) => boolean {
  return (name) => Array.isArray(required) && required.includes(name)
}

/** What is there, where it is an object: schemas of others hold anything. */
export function recordIn(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {}
}
