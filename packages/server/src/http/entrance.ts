import type { HttpConfiguration, Environment } from '@rackwarden/core/runtime'
import { isLoopback, parseAddress, urlHost, type ListenAddress } from './address.ts'

/** How a server is reached over HTTP: what flags, environment and configuration say of it, in one. */
export interface Entrance {
  /** Where it listens, if it does. */
  readonly listening: ListenAddress
  /** The address of this machine below which everything is found, without a slash at its end. */
  readonly localUrl: string
  /** The one clients use, where that is another one. */
  readonly publicUrl: string | undefined
  /** True where that one is not of loopback, so that nobody gets in there without a token. */
  readonly isPublic: boolean
  readonly allowHosts: readonly string[]
  readonly allowOrigins: readonly string[]
  readonly trustProxy: readonly string[]
}

/** What a command line says of it. */
export interface EntranceFlags {
  /** An address, or true for the configured one. */
  http?: string | true
  allowHost?: readonly string[]
  allowOrigin?: readonly string[]
}

/** Puts together how a server is reached: a flag counts before the environment, that before the file; names add up. */
export function entranceOf(
  { http: flag, allowHost = [], allowOrigin = [] }: EntranceFlags,
  environment: Environment,
  { publicUrl, address, allowedHosts = [], allowedOrigins = [], trustProxy = [] }: Partial<HttpConfiguration> = {},
): Entrance {
  const variable = environment['RACKWARDEN_HTTP'] || undefined
  const listening = parseAddress(typeof flag === 'string' ? flag : (variable ?? address))
  const home = publicUrl === undefined ? undefined : new URL(publicUrl)
  return {
    listening,
    localUrl: `http://${urlHost(reachable(listening.host))}:${listening.port}`,
    publicUrl,
    isPublic: home !== undefined && !isLoopback(home.hostname.replace(/^\[|\]$/g, '')),
    allowHosts: [
      ...allowHost,
      ...listOf(environment['RACKWARDEN_ALLOWED_HOSTS']),
      ...allowedHosts,
      ...(home === undefined ? [] : [home.host]),
    ],
    allowOrigins: [
      ...allowOrigin,
      ...listOf(environment['RACKWARDEN_ALLOWED_ORIGINS']),
      ...allowedOrigins,
      ...(home === undefined ? [] : [home.origin]),
    ],
    trustProxy,
  }
}

/** What listens on every address is reached on this machine's own. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
}
