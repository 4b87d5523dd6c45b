import type { ConfigShape, ToolError } from '@rackwarden/core'
import { cleanText, type Runtime } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import { askYes, isAsking } from './questions.ts'

/** A fingerprint that could be pinned. */
export interface Pin {
  field: string
  fingerprint: string
  /** True where another one was known before. */
  changed: boolean
}

/** Of what a pin would be, and how far it may be taken without asking. */
export interface PinOptions {
  /** How the target is named to the owner. */
  name: string
  acceptFingerprints: boolean
}

/** The fingerprint a refusal shows, with the field it would be pinned as. */
export function pinOf({ message, hint = '' }: ToolError, config: ConfigShape, values: Readonly<Record<string, unknown>>): Pin | undefined {
  for (const [, field = '', fingerprint = ''] of hint.matchAll(/\b(\w+): ?"?(SHA256:[\w+/=:]+)"?/g)) {
    if (!(field in config) || values[field] === fingerprint) continue
    return { field, fingerprint, changed: values[field] !== undefined || /another|changed|different/i.test(message) }
  }
  return undefined
}

/** Lets the owner compare a fingerprint; says whether it is to be pinned. */
export async function acceptsPin(
  { field, fingerprint, changed }: Pin,
  { message, hint = '' }: ToolError,
  { name, acceptFingerprints }: PinOptions,
  runtime: Runtime,
  terminal: Terminal,
): Promise<boolean> {
  if (acceptFingerprints && !changed) {
    terminal.print(`${name}: pinned ${field} ${fingerprint}, unseen by anybody.`)
    return true
  }
  // A key that is not the known one is never taken by a flag: somebody may stand in between.
  if (!isAsking(terminal)) return false
  terminal.complain(shown(`${name}: ${message}`, runtime))
  terminal.complain(shown(`  ${hint}`, runtime))
  terminal.complain(`  It shows ${fingerprint}`)
  const question = changed
    ? 'It is NOT the one known before. Take the new one all the same, as'
    : 'Compared with its own, and the same? Pin it as'
  return askYes(`  ${question} ${field}?`, terminal)
}

/** What an upstream wrote, as a terminal may be shown it. */
export function shown(text: string, { secrets }: Runtime): string {
  return secrets.text(cleanText(text))
}
