import { ToolError } from '@rackwarden/core'

/** Where a server listens. */
export interface ListenAddress {
  host: string
  port: number
}

/** The address used where none is given. */
export const defaultAddress: ListenAddress = { host: '127.0.0.1', port: 3005 }

/** Reads `host:port`, `host`, `:port`, `port` or `[v6]:port`; what is missing is the default's. */
export function parseAddress(text: string | undefined): ListenAddress {
  if (text === undefined || text === '') return defaultAddress
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]\s]*))?(?::(?<port>\d{1,5}))?$/.exec(
    /^\d{1,5}$/.test(text) ? `:${text}` : text,
  )
  const port = match?.groups?.port === undefined ? defaultAddress.port : Number(match.groups.port)
  if (match === null || port > 65535)
    throw new ToolError('invalid_config', `'${text}' is not an address to listen on`, {
      hint: 'Write host:port, for example 127.0.0.1:3005.',
    })
  return { host: match.groups?.v6 ?? (match.groups?.host || defaultAddress.host), port }
}

/** Whether only this machine can reach what listens on this host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host) || /^::ffff:127\./i.test(host)
}

/** The host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
