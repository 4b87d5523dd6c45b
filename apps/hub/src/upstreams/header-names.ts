import { isRecord } from './definitions.ts'

/** The word by which a schema says that an input is sent as a header, too. */
const word = 'x-mcp-header'
const headerName = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const carried = new Set<unknown>(['string', 'integer', 'boolean'])
/** Words behind which any data may stand. */
const data = new Set(['default', 'enum', 'const', 'examples'])

/** Whether the headers a schema names can be sent: each once, with a name headers may have, of an input that is text, whole number or yes and no. */
export function headersHold(schema: Readonly<Record<string, unknown>>): boolean {
  const taken = new Set<string>()

  const isHeader = ({ [word]: name, type }: Record<string, unknown>): boolean => {
    if (typeof name !== 'string' || !headerName.test(name) || !carried.has(type) || taken.has(name.toLowerCase())) return false
    taken.add(name.toLowerCase())
    return true
  }

  /** An input is what is reached by its name alone, in an input that is reached so. */
  const holds = (node: unknown, isInput: boolean, isWhole: boolean): boolean => {
    if (Array.isArray(node)) return node.every((item) => holds(item, false, false))
    if (!isRecord(node)) return true
    if (word in node && !(isInput && isHeader(node))) return false
    return Object.entries(node).every(([key, value]) => {
      if (key === word || data.has(key)) return true
      if (key === 'properties' && isRecord(value)) return Object.values(value).every((inner) => holds(inner, isInput || isWhole, false))
      return holds(value, false, false)
    })
  }

  return holds(schema, false, true)
}
