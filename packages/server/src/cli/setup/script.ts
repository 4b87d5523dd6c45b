import { ToolError, type Command, type Setup, type SetupShell, type SetupStep } from '@rackwarden/core'

/** What somebody brings back from a shell where they ran the script. */
export interface BroughtBack {
  tokenId: string
  tokenSecret: string
  fingerprint: string
}

const mark = 'rackwarden'

/** Writes steps as a script for the shell of the target: it ends at the first that fails, and leaves the shell open. */
export function scriptOf(steps: readonly SetupStep[], { quote }: Pick<SetupShell, 'quote'>, tokenId?: string): string {
  const printing = steps.flatMap(({ prints }) => prints ?? [])
  const last =
    tokenId === undefined || printing.length === 0
      ? []
      : [
          '# what setup asks for: one line, which holds the secret',
          `printf '\\n%s %s %s\\n\\n' ${mark} ${shellLine([tokenId], quote)} "$(printf '%s ' ${printing.map((name) => `"$${name}"`).join(' ')} | tr -d '\\n')"`,
        ]
  return ['(', 'set -eu', ...steps.flatMap((step) => [`# ${step.title}`, lineOf(step, quote)]), ...last, ')'].join('\n')
}

function lineOf({ ways, mayFail = false, prints }: SetupStep, quote: SetupShell['quote']): string {
  const lines = ways.map((way, index) => `${shellLine(way, quote)}${index < ways.length - 1 || mayFail ? ' 2>/dev/null' : ''}`)
  const all = [...lines, ...(mayFail ? ['true'] : [])].join(' || ')
  return prints === undefined ? all : `${prints}=$(${all})`
}

/** A command as somebody would type it: what needs no quotes has none. */
export function shellLine(command: Command, quote: SetupShell['quote']): string {
  return command.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : quote([word]))).join(' ')
}

/** Reads the line the script ended with, wherever it stands in what was brought. */
export function broughtBack(text: string, setup: Setup): BroughtBack {
  const [, tokenId = '', printed = ''] = new RegExp(`(?:^|\\n)\\s*${mark} +(\\S+!\\S+) +([^\\n]*)`).exec(text) ?? []
  const tokenSecret = setup.secretIn(printed)
  const fingerprint = fingerprintIn(printed)
  if (tokenId !== '' && tokenSecret !== undefined && fingerprint !== undefined) return { tokenId, tokenSecret, fingerprint }
  throw new ToolError('invalid_input', `That is not the line the script ends with: it begins with '${mark}', and is one line.`, {
    hint: 'Copy the whole of it. If the script ended sooner, it says above at what; it may be run again.',
  })
}

/** A SHA-256 fingerprint in what a program printed, as `tlsFingerprint` has it. */
export function fingerprintIn(printed: string): string | undefined {
  const [digits] = /\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b/i.exec(printed) ?? []
  return digits === undefined ? undefined : `SHA256:${digits.toUpperCase()}`
}
