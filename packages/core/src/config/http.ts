import { isIP } from 'node:net'
import { ToolError } from '../define/error.ts'
import type { Environment } from './environment.ts'
import type { ConfigurationFile } from './file.ts'
import { resolvedFields } from './references.ts'
import { recordOf } from './shape.ts'

/** How this server is reached over HTTP, and who may stand in between. */
export interface HttpConfiguration {
  /** Where clients reach it, without `/mcp` and without a slash at its end. */
  publicUrl?: string
  /** Where `serve --http` listens when it is told nothing else. */
  address?: string
  /** Further names in the Host header. */
  allowedHosts: readonly string[]
  /** Further origins whose pages may call. */
  allowedOrigins: readonly string[]
  /** Proxies that are believed when they say who sent a request: addresses, networks, or `loopback`. */
  trustProxy: readonly string[]
}

/** Keys that may stand under `http`. */
export const httpKeys = ['publicUrl', 'address', 'allowedHosts', 'allowedOrigins', 'trustProxy'] as const

const hostName = /^(?:\[[\da-f:.]+\]|[^\s:/@?#[\]*]+)(?::\d{1,5})?$/i

/** Reads how the server is reached; undefined where nothing is said of it. Throws `invalid_config` naming the line. */
export async function httpConfiguration(
  value: unknown,
  file: ConfigurationFile | undefined,
  environment: Environment,
): Promise<HttpConfiguration | undefined> {
  if (value === undefined || value === null) return undefined
  const given = await resolvedFields(recordOf(value, 'http', file, 'http'), httpKeys, file, environment, 'http')
  const publicUrl = given['publicUrl'] === undefined ? undefined : publicAddress(given['publicUrl'], file)
  const address = listenAddress(given['address'], file)
  const lists = {
    allowedHosts: textsOf(given, 'allowedHosts', file, (text) => hostName.test(text), 'names such as rackwarden.home.example'),
    allowedOrigins: textsOf(given, 'allowedOrigins', file, isOrigin, 'origins such as https://chat.home.example'),
    trustProxy: textsOf(
      given,
      'trustProxy',
      file,
      isNetwork,
      "addresses or networks of proxies such as 10.0.0.2 or 172.18.0.0/16, or 'loopback'",
    ),
  }
  return { ...(publicUrl === undefined ? {} : { publicUrl }), ...(address === undefined ? {} : { address }), ...lists }
}

function publicAddress(value: unknown, file: ConfigurationFile | undefined): string {
  const url = typeof value === 'string' && /^https?:\/\/[^/\s]/i.test(value) && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong(file, ['publicUrl'], "'publicUrl' must be the address clients use, such as https://rackwarden.home.example.")
  if (/\/mcp\/?$/.test(url.pathname))
    throw wrong(file, ['publicUrl'], "'publicUrl' must end before '/mcp': the approval page and /health are below it, too.")
  return url.href.replace(/\/+$/, '')
}

function listenAddress(value: unknown, file: ConfigurationFile | undefined): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' || (typeof value === 'string' && /^[^\s/]+$/.test(value))) return String(value)
  throw wrong(file, ['address'], "'address' must be host:port, such as 127.0.0.1:3005.")
}

function textsOf(
  given: Record<string, unknown>,
  key: (typeof httpKeys)[number],
  file: ConfigurationFile | undefined,
  isRight: (text: string) => boolean,
  what: string,
): readonly string[] {
  const value = given[key]
  // One is written without brackets often enough, and means nothing else.
  const texts: unknown = value === undefined || value === null ? [] : typeof value === 'string' ? [value] : value
  const areTexts = Array.isArray(texts) && texts.every((text): text is string => typeof text === 'string')
  const bad = areTexts ? texts.find((text) => !isRight(text)) : undefined
  if (areTexts && bad === undefined) return texts
  throw wrong(file, [key], `'${key}' must be a list of ${what}${bad === undefined ? '' : `; '${bad}' is none`}.`)
}

function isOrigin(text: string): boolean {
  if (hostName.test(text)) return true
  if (!URL.canParse(text)) return false
  const { pathname, search, hash, host } = new URL(text)
  return host !== '' && (pathname === '/' || pathname === '') && search === '' && hash === ''
}

/** Whoever trusts every address there is lets anybody say who they are. */
function isNetwork(text: string): boolean {
  if (text === 'loopback') return true
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128))
}

function wrong(file: ConfigurationFile | undefined, path: readonly string[], message: string): ToolError {
  return new ToolError('invalid_config', `${file?.at('http', ...path) ?? 'configuration'}: ${message}`, {
    hint: 'docs/connect.md shows what may stand there.',
  })
}
