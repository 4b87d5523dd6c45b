import type { SecretFilter } from '@rackwarden/core/runtime'
import { isSecretName } from '@rackwarden/core/runtime'
import { isRecord } from '../definitions.ts'
import type { ClientServer } from './client-settings.ts'
import { isOwnProgram } from './own-program.ts'

/** An entry as it will stand under `upstreams`, and what its owner should know. */
export interface TakenOver {
  readonly entry: Record<string, unknown>
  readonly notes: readonly string[]
}

/** What an entry is taken over with. */
export interface TakingOver {
  readonly name: string
  readonly home: string
  readonly secrets: SecretFilter
  /** Keeps a secret in a file of its own, and gives the reference to it. */
  readonly keep: (name: string, secret: string) => Promise<string>
}

/** Why a server is not taken over; undefined where it is. */
export function reasonToLeave({ name, entry }: ClientServer): string | undefined {
  const command = commandOf(entry)
  if (entry['disabled'] === true || entry['enabled'] === false) return 'it is switched off there'
  if (isOwnProgram(command) || name.toLowerCase() === 'rackwarden') return 'it is this program'
  if (command.length === 0 && addressOf(entry) === undefined) return 'it has neither a command nor an address'
  return undefined
}

/** Makes an entry of ours of one of a client's. */
export async function takenOver({ entry }: ClientServer, options: TakingOver): Promise<TakenOver> {
  const notes: string[] = []
  const words = commandOf(entry).map((word) => inPlace(word, options.home))
  const [command, ...args] = words
  const url = addressOf(entry)
  const left = words.filter((word) => /\$\{[^}]+\}/.test(word))
  if (left.length > 0) notes.push(`its command holds ${left.join(', ')}: write what is meant by hand`)
  const env = await textsOf(
    isRecord(entry['env']) ? entry['env'] : isRecord(entry['environment']) ? entry['environment'] : {},
    options,
    notes,
  )
  const headers = await textsOf(headersOf(entry), options, notes)
  const seconds = Number(entry['tool_timeout_sec'] ?? Number.NaN)
  const timeoutMs = Number.isFinite(seconds) ? seconds * 1_000 : Number(entry['timeout'] ?? Number.NaN)
  const made = {
    ...(command === undefined
      ? {}
      : { command, ...(args.length === 0 ? {} : { args }), ...(Object.keys(env).length === 0 ? {} : { env }) }),
    ...(command !== undefined && typeof entry['cwd'] === 'string' ? { cwd: inPlace(entry['cwd'], options.home) } : {}),
    ...(command === undefined && url !== undefined
      ? {
          url: await addressKept(url, options),
          ...(isSse(entry, url) ? { type: 'sse' } : {}),
          ...(Object.keys(headers).length === 0 ? {} : { headers }),
        }
      : {}),
    ...(Number.isInteger(timeoutMs) && timeoutMs >= 1_000 && timeoutMs <= 3_600_000 ? { timeoutMs } : {}),
  }
  return { entry: made, notes }
}

/** A name of a client's as one of ours. */
export function nameFor(name: string): string {
  const made = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 24)
    .replace(/-+$/, '')
  return made === '' ? 'upstream' : made
}

function commandOf(entry: ClientServer['entry']): string[] {
  const { command } = entry
  const nested = isRecord(command) ? command : entry
  const first = isRecord(command) ? command['path'] : command
  const words = Array.isArray(first)
    ? first
    : typeof first === 'string'
      ? [first, ...(Array.isArray(nested['args']) ? (nested['args'] as unknown[]) : [])]
      : []
  return words.filter((word) => ['string', 'number', 'boolean'].includes(typeof word)).map(String)
}

function addressOf(entry: ClientServer['entry']): string | undefined {
  return [entry['httpUrl'], entry['serverUrl'], entry['url']].find(
    (url): url is string => typeof url === 'string' && /^https?:\/\//i.test(url),
  )
}

/** Gemini calls the old transport `url` and the new one `httpUrl`; others say it, or have it in the path. */
function isSse(entry: ClientServer['entry'], url: string): boolean {
  const type = entry['type'] ?? entry['transport']
  const said = typeof type === 'string' ? type.toLowerCase() : ''
  return said === '' ? /\/sse\/?$/.test(new URL(url).pathname) : said === 'sse'
}

function headersOf(entry: ClientServer['entry']): Record<string, unknown> {
  const { headers, http_headers: plain, env_http_headers: fromEnvironment, bearer_token_env_var: bearer } = entry
  return {
    ...(isRecord(headers) ? headers : {}),
    ...(isRecord(plain) ? plain : {}),
    ...(isRecord(fromEnvironment)
      ? Object.fromEntries(Object.entries(fromEnvironment).map(([name, variable]) => [name, `\${${String(variable)}}`]))
      : {}),
    ...(typeof bearer === 'string' ? { Authorization: `Bearer \${${bearer}}` } : {}),
  }
}

async function textsOf(
  given: Record<string, unknown>,
  { name, home, secrets, keep }: TakingOver,
  notes: string[],
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(given)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue
    const text = inPlace(String(value), home)
    const [, variable] = /^\$\{(?:env:|input:)?([\w-]+)(?::-[^}]*)?\}$/.exec(text) ?? []
    if (variable !== undefined) {
      const wanted = variable.toUpperCase().replaceAll('-', '_')
      texts[key] = `env:${text.startsWith('${input:') ? wanted : variable}`
      notes.push(`${key} is taken from the variable ${texts[key].slice('env:'.length)} of the hub`)
    } else if (/\$\{[^}]+\}/.test(text)) {
      texts[key] = text
      notes.push(`${key} holds ${/\$\{[^}]+\}/.exec(text)?.[0] ?? ''}: put the whole value into a file, and write file:/path`)
    } else texts[key] = isSecretName(key) || secrets.text(text) !== text ? await keep(`${name}-${key.toLowerCase()}`, text) : text
  }
  return texts
}

/** An address with a key in it is a secret as a whole. */
async function addressKept(url: string, { name, secrets, keep }: TakingOver): Promise<string> {
  return secrets.text(url) === url ? url : keep(`${name}-url`, url)
}

function inPlace(text: string, home: string): string {
  return text.replaceAll('${userHome}', home).replace(/^~(?=\/)/, home)
}
