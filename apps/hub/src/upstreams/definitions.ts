import { canonicalJson, hashOf } from '@rackwarden/core/runtime'

/** What a foreign server says of itself with a tool; to us these are hints until the owner accepts them. */
export interface ToolHints {
  readonly readOnlyHint?: boolean
  readonly destructiveHint?: boolean
  readonly idempotentHint?: boolean
  readonly openWorldHint?: boolean
}

/** A tool as a foreign server describes it: all of it that reaches a model, or decides what it may do. */
export interface ToolDefinition {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly inputSchema: Readonly<Record<string, unknown>>
  readonly annotations?: ToolHints
}

/** A prompt as a foreign server describes it. */
export interface PromptDefinition {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly arguments?: readonly { readonly name: string; readonly description?: string; readonly required?: boolean }[]
}

/** Everything a foreign server offers that has to be accepted. */
export interface Offered {
  readonly server: { readonly name: string; readonly version: string }
  readonly tools: readonly ToolDefinition[]
  readonly prompts: readonly PromptDefinition[]
  /** What it offers and nobody can use, a sentence each. */
  readonly left: readonly string[]
}

const [longestName, longestText, longestSchema, deepest] = [128, 16_384, 65_536, 24]

/** Reads one tool of a list; undefined where it is none that could be called. */
export function toolIn(value: unknown): ToolDefinition | undefined {
  if (!isRecord(value) || !isName(value['name'])) return undefined
  const { name, title, description, annotations, inputSchema = { type: 'object' } } = value
  if (!isRecord(inputSchema) || (inputSchema['type'] ?? 'object') !== 'object' || isDeep(inputSchema, deepest)) return undefined
  if (canonicalJson(inputSchema).length > longestSchema) return undefined
  const hints = hintsIn(annotations)
  const shownTitle = textIn(title) ?? (isRecord(annotations) ? textIn(annotations['title']) : undefined)
  return {
    name,
    ...(shownTitle === undefined ? {} : { title: shownTitle }),
    ...described(description),
    inputSchema: { type: 'object', ...inputSchema },
    ...(Object.keys(hints).length === 0 ? {} : { annotations: hints }),
  }
}

/** Reads one prompt of a list; undefined where it is none. */
export function promptIn(value: unknown): PromptDefinition | undefined {
  if (!isRecord(value) || !isName(value['name'])) return undefined
  const { name, title, description, arguments: given } = value
  const shownTitle = textIn(title)
  const fields = (Array.isArray(given) ? given.slice(0, 50) : []).flatMap((field: unknown) =>
    isRecord(field) && isName(field['name'])
      ? [{ name: field['name'], ...described(field['description']), ...(field['required'] === true ? { required: true } : {}) }]
      : [],
  )
  return {
    name,
    ...(shownTitle === undefined ? {} : { title: shownTitle }),
    ...described(description),
    ...(fields.length === 0 ? {} : { arguments: fields }),
  }
}

/** What a definition is known by: another word in it, another hash. */
export function definitionHash(definition: ToolDefinition | PromptDefinition): string {
  return hashOf(definition)
}

function described(description: unknown): { description?: string } {
  const text = textIn(description)
  return text === undefined ? {} : { description: text }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, longestText) : undefined
}

function hintsIn(value: unknown): ToolHints {
  if (!isRecord(value)) return {}
  const names = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const
  return Object.fromEntries(names.flatMap((name) => (typeof value[name] === 'boolean' ? [[name, value[name]]] : [])))
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName
}

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1))
}

/** Whether a value is plain keys and values. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
