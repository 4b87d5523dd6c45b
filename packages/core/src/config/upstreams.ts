import { z } from 'zod'
import { hashOf } from '../call/canonical.ts'
import { accessLevels, type Access, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { httpConfig, traitsOf } from '../define/field.ts'
import type { ConnectionConfig } from '../connect/connection-config.ts'
import type { SecretFilter } from '../present/redact.ts'
import { isSecretName } from '../present/secret-name.ts'
import { resolveReference, type Environment } from './environment.ts'
import type { ConfigurationFile } from './file.ts'
import { passwordsIn, resolvedFields } from './references.ts'
import { recordOf, refuseUnknown } from './shape.ts'
import { tierOf } from './tier.ts'

/** A foreign server as a program of this machine, spoken to over its stdin and stdout. */
export interface UpstreamProgram {
  readonly kind: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  /** Added to the few variables every program is given. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A foreign server at an address: Streamable HTTP, or the HTTP with SSE of 2024. */
export interface UpstreamAddress {
  readonly kind: 'http' | 'sse'
  readonly headers: Readonly<Record<string, string>>
  readonly connection: ConnectionConfig & { readonly url: string }
}

/** What a tool whose name fits a pattern may do; `off` where it is not offered. */
export interface UpstreamAccess {
  readonly pattern: string
  readonly access: Access | 'off'
}

/** What nobody else is to pay for, whatever a foreign server does. */
export interface UpstreamLimits {
  /** A call. */
  readonly timeoutMs: number
  /** From nothing to a list of tools. */
  readonly connectTimeoutMs: number
  /** Calls at once. */
  readonly concurrency: number
  /** One message of it. */
  readonly maxBytes: number
  readonly maxTools: number
}

/** One foreign server as it is configured. */
export interface UpstreamConfiguration {
  readonly reach: UpstreamProgram | UpstreamAddress
  /** Hash of what makes it this server and no other: its program or address, as they are written; references count, not what they stand for. */
  readonly identity: string
  readonly tier?: Tier
  /** The first pattern that fits a tool counts. */
  readonly access: readonly UpstreamAccess[]
  readonly limits: UpstreamLimits
}

/** A foreign server of the file, or why its entry is none. */
export type UpstreamEntry = { readonly name: string } & (
  | { readonly configuration: UpstreamConfiguration; readonly problem?: undefined }
  | { readonly configuration?: undefined; readonly problem: ToolError }
)

/** Keys of an entry under `upstreams`, by what they are about. */
export const upstreamKeys = {
  program: ['command', 'args', 'env', 'cwd'],
  address: ['url', 'headers', 'tlsFingerprint', 'tlsCa', 'tlsCertificate', 'tlsKey', 'tlsInsecure'],
  both: ['type', 'tier', 'access', 'timeoutMs', 'connectTimeoutMs', 'concurrency', 'maxBytes', 'maxTools'],
} as const

const allKeys: readonly string[] = Object.values(upstreamKeys).flat()
const kinds = ['stdio', 'http', 'sse'] as const
const defaults: UpstreamLimits = { timeoutMs: 60_000, connectTimeoutMs: 60_000, concurrency: 16, maxBytes: 8 * 1024 * 1024, maxTools: 250 }
const most: UpstreamLimits = {
  timeoutMs: 3_600_000,
  connectTimeoutMs: 600_000,
  concurrency: 256,
  maxBytes: 256 * 1024 * 1024,
  maxTools: 2_000,
}
const longestName = 24

/** What an entry is read in: its file, and what its references are looked up in. */
interface Reading {
  readonly file: ConfigurationFile | undefined
  readonly environment: Environment
  readonly secrets: SecretFilter
}

/** Reads `upstreams`. What is wrong with an entry is held with it; those switched off with `false` are left out. */
export async function upstreamEntries(value: unknown, reading: Reading): Promise<readonly UpstreamEntry[]> {
  const { file } = reading
  let named: Record<string, unknown>
  try {
    named = recordOf(value, 'upstreams', file, 'upstreams')
  } catch (problem) {
    if (!ToolError.isInstance(problem)) throw problem
    return [{ name: 'upstreams', problem }]
  }
  const entries = Object.entries(named).filter(([, entry]) => entry !== false)
  return Promise.all(
    entries.map(async ([name, entry]): Promise<UpstreamEntry> => {
      try {
        return { name, configuration: await configurationOf(name, entry, reading) }
      } catch (problem) {
        if (!ToolError.isInstance(problem)) throw problem
        return { name, problem }
      }
    }),
  )
}

async function configurationOf(name: string, value: unknown, reading: Reading): Promise<UpstreamConfiguration> {
  const { file, environment } = reading
  const at = ['upstreams', name]
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > longestName)
    throw wrong(reading, at, `'${name}' is no name for an upstream.`, `Use small letters, digits and dashes, at most ${longestName}.`)
  const raw = recordOf(value, name, file, ...at)
  refuseUnknown(Object.keys(raw), allKeys, file, ...at)
  const isProgram = raw['command'] !== undefined
  if (isProgram === (raw['url'] !== undefined))
    throw wrong(
      reading,
      at,
      `an upstream has either 'command' or 'url'.`,
      'Write `{ command: uvx, args: [panos-mcp] }` or `{ url: https://… }`.',
    )
  const misplaced = (isProgram ? upstreamKeys.address : upstreamKeys.program).find((key) => raw[key] !== undefined)
  if (misplaced !== undefined)
    throw wrong(reading, [...at, misplaced], `'${misplaced}' does not go with '${isProgram ? 'command' : 'url'}'.`, 'Take it out.')
  const kind = kindOf(raw['type'], isProgram, reading, at)
  const tier = tierOf(raw['tier'], `${file?.at(...at, 'tier') ?? 'configuration'}: tier`, environment)
  return {
    reach: kind === 'stdio' ? await programOf(raw, reading, at) : await addressOf(kind, raw, reading, at),
    identity: hashOf(
      Object.fromEntries(
        [...upstreamKeys.program, 'url', 'headers', 'type'].flatMap((key) => (raw[key] === undefined ? [] : [[key, raw[key]]])),
      ),
    ),
    ...(tier === undefined ? {} : { tier }),
    access: accessOf(raw['access'], reading, [...at, 'access']),
    limits: limitsOf(raw, reading, at),
  }
}

function kindOf(value: unknown, isProgram: boolean, reading: Reading, at: readonly string[]): (typeof kinds)[number] {
  const kind = value ?? (isProgram ? 'stdio' : 'http')
  const known = kinds.find((candidate) => candidate === kind)
  if (known !== undefined && (known === 'stdio') === isProgram) return known
  throw wrong(reading, [...at, 'type'], `'type' must be ${isProgram ? 'stdio' : 'http or sse'}.`, 'Leave it out unless it is sse.')
}

async function programOf(raw: Record<string, unknown>, reading: Reading, at: readonly string[]): Promise<UpstreamProgram> {
  const text = z
    .string()
    .min(1)
    .max(4_096)
    .refine((given) => !given.includes('\0'), 'holds a NUL character')
  const command = text.safeParse(raw['command'])
  if (!command.success) throw wrong(reading, [...at, 'command'], `'command' must be a program.`, 'Its arguments go into `args`, a list.')
  const args = z.array(z.union([text.or(z.literal('')), z.number(), z.boolean()]).transform(String)).safeParse(raw['args'] ?? [])
  if (!args.success) throw wrong(reading, [...at, 'args'], `'args' must be a list of arguments.`, 'Write `args: [--port, "8080"]`.')
  const cwd = text.optional().safeParse(raw['cwd'])
  if (!cwd.success) throw wrong(reading, [...at, 'cwd'], `'cwd' must be a directory.`, 'Write its whole path.')
  return {
    kind: 'stdio',
    command: command.data,
    args: args.data,
    env: await textsOf(raw['env'], 'env', reading, at),
    ...(cwd.data === undefined ? {} : { cwd: cwd.data }),
  }
}

async function addressOf(
  kind: 'http' | 'sse',
  raw: Record<string, unknown>,
  reading: Reading,
  at: readonly string[],
): Promise<UpstreamAddress> {
  const { file, environment, secrets } = reading
  const { url: _url, timeoutMs: _timeoutMs, ...tls } = httpConfig
  const address = z
    .string()
    .refine((text) => /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text), 'must be an address that begins with http:// or https://')
  const fields = { url: address, ...tls }
  const given = Object.fromEntries(Object.keys(fields).flatMap((key) => (raw[key] === undefined ? [] : [[key, raw[key]]])))
  const values = await resolvedFields(given, Object.keys(fields), file, environment, ...at)
  for (const [key, schema] of Object.entries(fields)) {
    const value = values[key]
    if (typeof value !== 'string') continue
    if (traitsOf(schema).secret === true) secrets.add(value)
    else for (const password of passwordsIn(value)) secrets.add(password)
  }
  const parsed = z.object(fields).safeParse(values, { jitless: true })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = String(issue?.path[0] ?? '')
    throw wrong(reading, [...at, field], `'${field}' ${issue?.message ?? 'is wrong'}.`, 'docs/architecture.md shows what may stand there.')
  }
  return { kind, headers: await textsOf(raw['headers'], 'headers', reading, at), connection: parsed.data }
}

/** Names and texts, references resolved: what is referred to, and what is called like a secret, is one. */
async function textsOf(value: unknown, key: 'env' | 'headers', reading: Reading, at: readonly string[]): Promise<Record<string, string>> {
  const { file, secrets } = reading
  const given = recordOf(value, key, file, ...at, key)
  const texts: Record<string, string> = {}
  for (const [name, written] of Object.entries(given)) {
    const place = [...at, key, name]
    if (!(key === 'env' ? /^[A-Za-z_]\w*$/ : /^[\w!#$%&'*+.^`|~-]+$/).test(name))
      throw wrong(reading, place, `'${name}' is no name for one of '${key}'.`, 'Check its spelling.')
    if (typeof written !== 'string' && typeof written !== 'number' && typeof written !== 'boolean')
      throw wrong(reading, place, `'${name}' must be a text.`, 'Write it in quotes, or as a reference: env:NAME or file:/path.')
    const text = String(await resolvedAt(written, reading, place))
    if (/[\0\r\n]/.test(key === 'env' ? text.replaceAll(/[\r\n]/g, '') : text))
      throw wrong(reading, place, `'${name}' holds a character that cannot stand there.`, 'Does its value end in a line break?')
    if (text !== written || isSecretName(name)) learn(text, secrets)
    texts[name] = text
  }
  return texts
}

async function resolvedAt(value: unknown, { file, environment }: Reading, place: readonly string[]): Promise<unknown> {
  try {
    return await resolveReference(value, environment)
  } catch (problem) {
    if (!ToolError.isInstance(problem)) throw problem
    throw new ToolError(problem.code, `${file?.at(...place) ?? 'configuration'}: ${problem.message}`, {
      hint: problem.hint,
      cause: problem,
    })
  }
}

/** A scheme before a credential (`Bearer …`) is not part of what must not be seen. */
function learn(text: string, secrets: SecretFilter): void {
  secrets.add(text)
  const [, bare] = /^\w+ (\S+)$/.exec(text) ?? []
  if (bare !== undefined) secrets.add(bare)
}

function accessOf(value: unknown, reading: Reading, at: readonly string[]): UpstreamAccess[] {
  const levels = [...accessLevels, 'off'] as const
  return Object.entries(recordOf(value, 'access', reading.file, ...at)).map(([pattern, given]) => {
    // YAML 1.1 reads a bare off as false, and so do some editors that write it back.
    const access = levels.find((level) => level === (given === false ? 'off' : given))
    if (access === undefined)
      throw wrong(
        reading,
        [...at, pattern],
        `'${pattern}' must be ${levels.slice(0, -1).join(', ')} or off.`,
        "Write `access: { 'get_*': observe, '*': off }`.",
      )
    return { pattern, access }
  })
}

function limitsOf(raw: Record<string, unknown>, reading: Reading, at: readonly string[]): UpstreamLimits {
  const read = (key: keyof UpstreamLimits) => {
    if (raw[key] === undefined) return defaults[key]
    const parsed = z.coerce.number().int().min(1).max(most[key]).safeParse(raw[key])
    if (parsed.success) return parsed.data
    throw wrong(reading, [...at, key], `'${key}' must be a whole number from 1 to ${most[key]}.`, `It is ${defaults[key]} when not given.`)
  }
  return {
    timeoutMs: read('timeoutMs'),
    connectTimeoutMs: read('connectTimeoutMs'),
    concurrency: read('concurrency'),
    maxBytes: read('maxBytes'),
    maxTools: read('maxTools'),
  }
}

function wrong({ file }: Reading, path: readonly string[], message: string, hint: string): ToolError {
  return new ToolError('invalid_config', `${file?.at(...path) ?? 'configuration'}: ${message}`, { hint })
}
