import { ToolError } from '../define/error.ts'
import type { ConnectionConfig } from './connection-config.ts'

/** Where an instance is, taken apart; holds nothing secret but `authorization`. */
export interface Address {
  /** Origin and path prefix; a made-up origin where a socket is meant, none where no url is configured. */
  base: URL | undefined
  socketPath: string | undefined
  /** From the user and password of the url. */
  authorization: string | undefined
}

/** Reads the configured url; throws `invalid_config` where it is none we speak. */
export function parseAddress(config: ConnectionConfig): Address {
  if (config.url === undefined || config.url === '') return { base: undefined, socketPath: undefined, authorization: undefined }
  const socketPath = /^unix:(?:\/\/)?(\/.*)$/i.exec(config.url)?.[1]
  if (socketPath !== undefined) return { base: new URL('http://localhost/'), socketPath, authorization: undefined }
  const parsed = URL.canParse(config.url) ? new URL(config.url) : undefined
  const base = parsed?.protocol === 'tcp:' ? fromTcp(parsed, config) : parsed
  if (base === undefined || (base.protocol !== 'http:' && base.protocol !== 'https:') || base.hostname === '')
    throw new ToolError('invalid_config', 'The configured url is no address this connection can use.', {
      hint: 'Write http://, https:// or tcp:// and the host in url, or unix:// and the path of a socket.',
    })
  const authorization =
    base.username === '' && base.password === ''
      ? undefined
      : `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`
  base.username = ''
  base.password = ''
  base.search = ''
  base.hash = ''
  return { base, socketPath: undefined, authorization }
}

/** Further addresses of the same target, as they stand in one line; what is none of them is left out. */
export function addressesIn(line: string | undefined): URL[] {
  return (line ?? '').split(',').flatMap((entry) => (URL.canParse(entry.trim()) ? [new URL(entry.trim())] : []))
}

function fromTcp(parsed: URL, config: ConnectionConfig): URL | undefined {
  const secured =
    parsed.port === '2376' ||
    config.tlsInsecure === true ||
    [config.tlsCa, config.tlsCertificate, config.tlsKey, config.tlsFingerprint].some((value) => value !== undefined)
  const port = parsed.port === '' ? (secured ? '2376' : '2375') : parsed.port
  const text = `${secured ? 'https' : 'http'}://${parsed.host.replace(/:\d+$/, '')}:${port}${parsed.pathname}`
  if (!URL.canParse(text)) return undefined
  const base = new URL(text)
  base.username = parsed.username
  base.password = parsed.password
  return base
}

/** Resolves a path against the instance's url, keeping its prefix; an absolute URL is taken as it is. */
export function resolveTarget(address: Address, target: string): URL {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) {
    const url = URL.canParse(target) ? new URL(target) : undefined
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      throw new ToolError('invalid_input', 'The address of the request is not an http or https URL.')
    url.username = ''
    url.password = ''
    return url
  }
  if (address.base === undefined)
    throw new ToolError('invalid_config', 'No url is configured.', { hint: 'Set url to the address of the service.' })
  const [path = '', ...query] = target.split('?')
  if (path.includes('\\') || path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw new ToolError('invalid_input', 'The path of the request holds a . or .. segment.', { hint: 'Check the name that was asked for.' })
  const joined = path === '' ? address.base.pathname : `${address.base.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`
  return new URL(address.base.origin + joined + (query.length === 0 ? '' : `?${query.join('?')}`))
}
