import { z } from 'zod'
import { ToolError } from '../define/error.ts'
import { httpConfig, secret, traitsOf } from '../define/field.ts'
import type { SecretFilter } from '../present/redact.ts'
import type { Environment } from './environment.ts'
import type { ConfigurationFile } from './file.ts'
import { isLoopback } from './loopback.ts'
import { passwordsIn, resolvedFields } from './references.ts'
import { recordOf, refuseUnknown } from './shape.ts'

/** How a person is told that their approval is asked for, and where they give it. */
export interface NotifyConfiguration {
  /** Where a phone reaches this process or another of its state directory; ends without a slash. */
  url: string
  /** True where the passphrase crosses the network unencrypted, which the owner accepted. */
  plainHttp: boolean
  channels: readonly NotifyChannel[]
}

interface Reached {
  /** Address of the server that passes the notification on. */
  url: string
  tlsFingerprint?: string | undefined
  tlsCa?: string | undefined
}

/** One service that brings a notification to a person. */
export type NotifyChannel =
  | (Reached & { kind: 'ntfy'; topic: string; token?: string | undefined })
  | (Reached & { kind: 'gotify'; token: string })
  | (Reached & { kind: 'telegram'; token: string; chat: string })
  | (Reached & { kind: 'discord' })
  | (Reached & { kind: 'webhook'; token?: string | undefined })

/** What its references are looked up in, and who must know its secrets. */
export interface NotifyOptions {
  environment: Environment
  secrets: SecretFilter
  /** Where the page is when nothing else is said of it. */
  publicUrl?: string | undefined
}

const isWebAddress = (text: string) => /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text)

/** Made when they are asked for: few have a channel, and the others pay for no schema of it. */
function fieldsOf(kind: NotifyChannel['kind']): Record<string, z.ZodType> {
  const address = z.string().refine(isWebAddress, 'must be an address that begins with http:// or https://')
  const { tlsFingerprint, tlsCa } = httpConfig
  const reached = { url: address, tlsFingerprint, tlsCa }
  const fields: Record<NotifyChannel['kind'], Record<string, z.ZodType>> = {
    ntfy: { ...reached, topic: z.string().regex(/^[-\w]{1,64}$/, 'must be letters, digits, - and _'), token: secret().optional() },
    gotify: { ...reached, token: secret() },
    telegram: {
      ...reached,
      url: address.default('https://api.telegram.org'),
      token: secret().regex(/^\d+:[-\w]+$/, 'must be the token of a bot, such as 123456:ABC…'),
      chat: z.union([z.number().int(), z.string().regex(/^(?:-?\d+|@\w+)$/, 'must be the number of a chat, or @name')]).transform(String),
    },
    discord: { webhook: address.meta({ secret: true }), tlsFingerprint, tlsCa },
    webhook: { ...reached, url: address.meta({ secret: true }), token: secret().optional() },
  }
  return fields[kind]
}

const kinds: readonly NotifyChannel['kind'][] = ['ntfy', 'gotify', 'telegram', 'discord', 'webhook']
const top = ['approval', 'notify'] as const

/** Reads `approval.notify`, and makes its secrets known; throws `invalid_config` naming the line. */
export async function readNotify(
  value: unknown,
  file: ConfigurationFile | undefined,
  { environment, secrets, publicUrl }: NotifyOptions,
): Promise<NotifyConfiguration> {
  const given = await resolvedFields(recordOf(value, 'notify', file, ...top), ['url', 'channels', 'plainHttp'], file, environment, ...top)
  const plainHttp = z.boolean().default(false).safeParse(given['plainHttp'])
  if (!plainHttp.success) throw wrong(file, [...top, 'plainHttp'], "'plainHttp' must be true or false.")
  const url = pageAddress(given['url'] ?? publicUrl, plainHttp.data, file)
  const listed = z.array(z.unknown()).min(1).safeParse(given['channels'])
  if (!listed.success) throw wrong(file, [...top, 'channels'], "'channels' must be a list such as [ { ntfy: { url: …, topic: … } } ].")
  const channels = await Promise.all(listed.data.map((entry, index) => channelOf(entry, String(index), file, { environment, secrets })))
  return { url, plainHttp: url.startsWith('http:') && !isLoopback(new URL(url).hostname), channels }
}

function pageAddress(value: unknown, plainHttp: boolean, file: ConfigurationFile | undefined): string {
  const parsed = typeof value === 'string' && isWebAddress(value) ? new URL(value) : undefined
  if (parsed === undefined || parsed.username !== '' || parsed.search !== '' || parsed.hash !== '')
    throw wrong(file, [...top, 'url'], "'url' must be the address a phone opens, such as https://rackwarden.home.example.")
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname) && !plainHttp)
    throw new ToolError(
      'invalid_config',
      `${placeOf(file, [...top, 'url'])}: the passphrase is typed on this page, and ${parsed.origin} is not encrypted.`,
      { hint: 'Put a reverse proxy with a certificate in front and write its https address; or accept the risk with `plainHttp: true`.' },
    )
  return parsed.href.replace(/\/+$/, '')
}

async function channelOf(
  entry: unknown,
  index: string,
  file: ConfigurationFile | undefined,
  { environment, secrets }: NotifyOptions,
): Promise<NotifyChannel> {
  const at = [...top, 'channels', index]
  const named = recordOf(entry, 'channels', file, ...at)
  refuseUnknown(Object.keys(named), kinds, file, ...at)
  const [kind, ...others] = kinds.filter((known) => known in named)
  if (kind === undefined || others.length > 0)
    throw wrong(file, at, `each channel is one of ${kinds.join(', ')}, with its fields below it.`)
  const fields = fieldsOf(kind)
  const values = await resolvedFields(recordOf(named[kind], kind, file, ...at, kind), Object.keys(fields), file, environment, ...at, kind)
  learnSecrets(fields, values, secrets)
  const parsed = z.object(fields).safeParse(values, { jitless: true })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = String(issue?.path[0] ?? '')
    throw wrong(file, [...at, kind, field], `'${field}' ${values[field] === undefined ? 'is missing' : (issue?.message ?? 'is wrong')}.`)
  }
  const { webhook, ...rest } = parsed.data
  return { kind, ...rest, ...(webhook === undefined ? {} : { url: webhook }) } as NotifyChannel
}

/** Whoever knows the address of a hook may use it, so it is as secret as a token; its parts are, wherever they stand alone. */
function learnSecrets(fields: Record<string, z.ZodType>, values: Record<string, unknown>, secrets: SecretFilter): void {
  for (const [name, schema] of Object.entries(fields)) {
    const value = values[name]
    if (typeof value !== 'string') continue
    for (const password of passwordsIn(value)) secrets.add(password)
    if (traitsOf(schema).secret !== true) continue
    secrets.add(value)
    if (!isWebAddress(value)) continue
    const { pathname, search } = new URL(value)
    for (const part of [pathname.split('/').at(-1) ?? '', search]) if (part.length >= 16) secrets.add(part)
  }
}

function placeOf(file: ConfigurationFile | undefined, path: readonly string[]): string {
  return file?.at(...path) ?? 'configuration'
}

function wrong(file: ConfigurationFile | undefined, path: readonly string[], message: string): ToolError {
  return new ToolError('invalid_config', `${placeOf(file, path)}: ${message}`, {
    hint: 'docs/access-and-approval.md shows what may stand there.',
  })
}
