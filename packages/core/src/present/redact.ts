import { createMatcher, type Matcher } from './known-secret.ts'
import { redactCommands, secretsInArguments } from './secret-command.ts'
import { isReference, isSecretName } from './secret-name.ts'
import { redactNamed } from './secret-pair.ts'
import { redactShapes } from './secret-shape.ts'

/** Keeps known secrets, values under secret-looking names and known token shapes out of everything that leaves. */
export interface SecretFilter {
  /** Makes a value known; values under 8 characters are withheld by name only. */
  add(value: string): void
  /** A copy of plain data with every secret replaced by `[redacted]`. */
  data<T>(value: T): T
  /** The text with every known secret and token shape replaced. */
  text(value: string): string
}

/** Stands where a secret stood. */
const redacted = '[redacted]'

/** A text shorter than this holds neither a known secret nor a name with its value. */
const shortest = 5

/** Makes the filter of a process; it learns secrets as configuration is read. */
export function createSecretFilter(): SecretFilter {
  const values = new Set<string>()
  let matcher: Matcher | undefined

  const known = (value: string): string => (matcher ??= createMatcher(values)).replace(value, redacted)

  const text = (value: string): string => {
    if (value.length < shortest) return value
    let result = value
    // What one pass takes away may bring two halves of a pattern together; in practice the second pass finds nothing.
    for (let round = 0; round < 5; round += 1) {
      const before = result
      result = redactCommands(redactNamed(redactShapes(known(before), redacted), redacted), redacted)
      if (result === before) break
    }
    return result
  }

  /** Under a secret name every string is one, through lists but not into records, whose fields have names of their own. */
  const withhold = (value: unknown): unknown => {
    if (typeof value === 'string') return isReference(value, redacted) ? text(value) : redacted
    return Array.isArray(value) ? value.map(withhold) : data(value)
  }

  const list = (items: readonly unknown[]): unknown[] => {
    const secrets = items.every((item) => typeof item === 'string') ? secretsInArguments(items) : undefined
    return items.map((item, index) => {
      const from = secrets?.get(index)
      if (from !== undefined && typeof item === 'string') return data(item.slice(0, from)) + (withhold(item.slice(from)) as string)
      return followsFlag(items, index) ? withhold(item) : data(item)
    })
  }

  const data = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number' || typeof value === 'bigint') return known(String(value)) === String(value) ? value : redacted
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    if (Array.isArray(value)) return list(value)
    const named = namesSecret(value as Record<string, unknown>)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        known(key),
        isSecretName(key, item) || (named && key === 'value') ? withhold(item) : isPrincipal(key, item) ? item : data(item),
      ]),
    )
  }

  return {
    add(value) {
      values.add(value)
      matcher = undefined
    },
    data: (value) => data(value) as typeof value,
    text,
  }
}

/** `token:laptop` says who called by the name of a token: the one place where it is not a token that follows. */
function isPrincipal(key: string, value: unknown): boolean {
  return key === 'principal' && typeof value === 'string' && /^token:[a-z0-9][a-z0-9-]{0,39}$/.test(value)
}

/** `--password`, `x` in an argument vector. */
function followsFlag(list: readonly unknown[], index: number): boolean {
  const before = list[index - 1]
  return typeof before === 'string' && before.startsWith('--') && isSecretName(before.slice(2))
}

/** `{ name: 'DB_PASSWORD', value: 'x' }`, the way Kubernetes and Portainer write an environment. */
function namesSecret(record: Readonly<Record<string, unknown>>): boolean {
  const name = record['name'] ?? record['key']
  return typeof name === 'string' && 'value' in record && isSecretName(name)
}
