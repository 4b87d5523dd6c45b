import type { SecretFilter } from '../present/redact.ts'
import { sha256 } from './canonical.ts'
import type { Input } from './registered-tool.ts'
import { presentable } from './respond.ts'

/** What a call's line in the audit may hold of its input; of what is longer it holds the hash. */
const longestInput = 65_536
const longestValue = 1_000
const deepest = 64

/** Says whether values lie in one another deeper than any tool asks for; what walks over input goes as deep as it does. */
export function isTooDeep(value: unknown, left = deepest): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1))
}

/** A call's input as the audit holds it: without secrets, and of bounded size whatever somebody sends. */
export function auditedInput(input: Readonly<Input>, secrets: SecretFilter): Input {
  const shown = presentable(input, secrets) as Input
  if (JSON.stringify(shown).length <= longestInput) return shown
  const entries = Object.entries(shown).slice(0, 50)
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(0, 100), shortened(value)]))
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value) ?? ''
  return text.length <= longestValue ? value : `${text.length} characters of JSON, SHA-256 ${sha256(text)}`
}
