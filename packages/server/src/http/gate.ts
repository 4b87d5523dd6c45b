import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { isLoopback } from './address.ts'
import type { Sender } from './sender.ts'

/** Who may be named in a Host header and where a browser's request may come from. */
export interface GateOptions {
  /** The host listened on. */
  host: string
  allowHosts?: readonly string[]
  /** Origins (`https://app.example`) or bare host names. */
  allowOrigins?: readonly string[]
}

/** Says why a request may not pass, or undefined where it may. */
export type Gate = (request: IncomingMessage, sender: Sender) => string | undefined

/**
 * Makes the check that stands before everything else: a page in a browser must not reach this server under a name of its own.
 * A literal address in the Host header is safe beyond loopback, for a rebound name is still sent as the name.
 */
export function createGate({ host, allowHosts = [], allowOrigins = [] }: GateOptions): Gate {
  const loopback = isLoopback(host)
  const names = new Set(allowHosts.map((entry) => hostNameIn(entry) ?? entry.toLowerCase()))
  if (!loopback) for (const name of [host, hostname()]) names.add(name.toLowerCase())
  const origins = new Set(allowOrigins.map((entry) => entry.toLowerCase().replace(/\/$/, '')))

  function hostPasses(header: string | undefined): boolean {
    const name = header === undefined ? undefined : hostNameIn(header)
    if (name === undefined) return false
    return isLoopback(name) || names.has(name) || (!loopback && isIP(name) !== 0)
  }

  function originPasses(header: string | undefined): boolean {
    if (header === undefined || header === '') return true
    const origin = header.toLowerCase()
    if (!URL.canParse(origin)) return false
    const { hostname: name, protocol } = new URL(origin)
    const bare = name.replace(/^\[|\]$/g, '')
    return origins.has(origin) || origins.has(bare) || (protocol.startsWith('http') && isLoopback(bare))
  }

  return ({ headers }, sender) => {
    // A proxy that writes a name of its own into Host would otherwise let every other name through.
    const refused = [headers.host, ...sender.hosts].find((name) => !hostPasses(name))
    if (refused !== undefined || headers.host === undefined)
      return `The host '${refused ?? ''}' is not served here; the owner allows it with --allow-host, or allowedHosts under http.`
    if (!originPasses(headers.origin))
      return `The origin '${headers.origin}' may not call this server; the owner allows it with --allow-origin, or allowedOrigins under http.`
    return undefined
  }
}

/** The name in a Host header, without port and brackets; undefined where it is no such header. */
export function hostNameIn(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@?#[\]]+))(?::\d{0,5})?$/i.exec(header)
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}
