import { isDeepStrictEqual } from 'node:util'
import { ToolError } from '@rackwarden/core'
import { isRecord } from '../../json-rpc.ts'
import { changeJson, type SettingsPath } from './json-edit.ts'

/** How settings of others are written: JSON, JSON with comments, or TOML. */
export type SettingsFormat = 'json' | 'jsonc' | 'toml'

type Settings = Readonly<Record<string, unknown>>

/** The settings a text holds; an empty one holds none. Throws where it is anything else. */
export async function readSettings(text: string, format: SettingsFormat, path: string): Promise<Settings> {
  const plain = text.replace(/^\uFEFF/, '')
  if (plain.trim() === '') return {}
  const data = await parsed(plain, format).catch((cause: unknown) => {
    const name = format === 'toml' ? 'TOML' : 'JSON'
    throw new ToolError('invalid_config', `${path} is not ${name}, and was left as it is.`, {
      hint: 'Mend it, or add the entry by hand.',
      cause,
    })
  })
  if (isRecord(data)) return data
  throw new ToolError('invalid_config', `${path} holds no object, and was left as it is.`, { hint: 'Add the entry by hand.' })
}

/**
 * The text with one value put in, or with `undefined` taken out; everything else in it stays as it is written. What comes
 * out is read again: a text in which the change does not arrive, or moves anything else, is refused.
 */
export async function changeSettings(
  text: string,
  format: SettingsFormat,
  change: { at: SettingsPath; value: unknown },
  path: string,
): Promise<string> {
  const before = await readSettings(text, format, path)
  const expected = withValue(before, change.at, change.value)
  if (expected !== undefined) {
    const changed = format === 'toml' ? await changeToml(text, change, expected) : await changeJson(text, change)
    const after = await readSettings(changed, format, path).catch(() => undefined)
    if (after !== undefined && isDeepStrictEqual(plainOf(after), plainOf(expected))) return changed
  }
  throw new ToolError('invalid_config', `${path} is written in a way that cannot be changed from here, and was left as it is.`, {
    hint: 'Is a key in it twice? Mend it, or add the entry by hand.',
  })
}

async function parsed(text: string, format: SettingsFormat): Promise<unknown> {
  if (format === 'json') return JSON.parse(text)
  if (format === 'toml') return (await import('@decimalturn/toml-patch')).parse(text)
  const { parse, printParseErrorCode } = await import('jsonc-parser')
  const errors: Parameters<typeof parse>[1] = []
  const data: unknown = parse(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined) throw new Error(`${printParseErrorCode(error.error)} at ${error.offset}`)
  return data
}

async function changeToml(text: string, { at, value }: { at: SettingsPath; value: unknown }, expected: Settings): Promise<string> {
  const { parse, patch, stringify, TomlFormat } = await import('@decimalturn/toml-patch')
  if (isRecord(value)) {
    // A table of its own at the end is how people write it; that it is right shows when it is read again.
    const eol = text.includes('\r\n') ? '\r\n' : '\n'
    const gap = text.trim() === '' ? '' : text.endsWith('\n') ? eol : eol + eol
    const whole = stringify(withValue({}, at, value), { inlineTableStart: 10, trailingComma: false })
    const table = whole.replace(/^(?:\[[^\]\n]*\]\n+)+(?=\[)/, '').replaceAll('\n', eol)
    const added = text + gap + table
    try {
      if (isDeepStrictEqual(plainOf(parse(added)), plainOf(expected))) return added
    } catch {
      // It was there, or its parent is written on one line.
    }
  }
  const format = TomlFormat.autoDetectFormat(text)
  // Before TOML 1.1 an inline table with a comma at its end is none, and a file with one is not read at all.
  format.trailingComma = false
  format.inlineTableStart = 10
  return patch(text, expected, format)
}

/** The settings as they are to be; undefined where something else stands in the place of what is to hold the value. */
function withValue(data: unknown, [key, ...rest]: SettingsPath, value: unknown): Settings | undefined {
  if (key === undefined || (data !== undefined && !Array.isArray(data) && !isRecord(data))) return undefined
  const copy = (Array.isArray(data) ? [...data] : { ...data }) as Record<string | number, unknown>
  const next = rest.length === 0 ? value : withValue(copy[key], rest, value)
  if (rest.length > 0 && next === undefined) return undefined
  if (next === undefined && Array.isArray(copy)) copy.splice(Number(key), 1)
  else if (next === undefined) delete copy[key]
  else copy[key] = next
  return copy
}

/** Without prototypes of a parser's own. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf)
  if (value instanceof Date) return value.toISOString()
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)])) : value
}
