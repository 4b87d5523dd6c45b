import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import { ToolError } from '../define/error.ts'
import type { ConnectionConfig, Tunnel } from './connection-config.ts'

/** What an instance's TLS rests on, read and checked. */
export interface Trust {
  /** Own authority and client certificate; none where nothing is configured. */
  context: SecureContext | undefined
  /** 64 upper-case hexadecimal digits each; where any is given, only they count. */
  fingerprints: readonly string[]
  insecure: boolean
}

/** What a socket of this machine rests on: nothing, for there is no TLS on it. */
export const noTrust: Trust = { context: undefined, fingerprints: [], insecure: false }

const reasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by nobody but itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'it is signed by an authority this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority this machine does not know',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is made out to other names than this one',
}

/** Reads what the configuration names; throws `invalid_config` naming the field that is wrong. */
export async function readTrust(config: ConnectionConfig): Promise<Trust> {
  const { createPrivateKey, X509Certificate } = await import('node:crypto')
  const { createSecureContext } = await import('node:tls')
  const ca = await readPem('tlsCa', config.tlsCa, (pem) => new X509Certificate(pem))
  const cert = await readPem('tlsCertificate', config.tlsCertificate, (pem) => new X509Certificate(pem))
  const key = await readPem('tlsKey', config.tlsKey, (pem) => createPrivateKey(pem))
  if ((cert === undefined) !== (key === undefined))
    throw new ToolError('invalid_config', `${cert === undefined ? 'tlsKey' : 'tlsCertificate'} is set alone.`, {
      hint: 'A client certificate needs both tlsCertificate and tlsKey.',
    })
  const fingerprints = config.tlsFingerprint === undefined ? [] : config.tlsFingerprint.split(',').map(parseFingerprint)
  const insecure = config.tlsInsecure === true
  if (ca === undefined && cert === undefined) return { context: undefined, fingerprints, insecure }
  try {
    const context = createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    })
    return { context, fingerprints, insecure }
  } catch (error) {
    throw new ToolError('invalid_config', 'tlsCertificate and tlsKey do not belong together.', { cause: error })
  }
}

async function readPem(field: string, value: string | undefined, check: (pem: string) => unknown): Promise<string | undefined> {
  if (value === undefined) return undefined
  let pem = value
  if (!value.includes('-----BEGIN')) {
    const { readFile } = await import('node:fs/promises')
    try {
      pem = await readFile(value, 'utf8')
    } catch (error) {
      throw new ToolError('invalid_config', `The file that ${field} names cannot be read.`, {
        hint: `Write PEM text or the path of a readable PEM file in ${field}.`,
        cause: error,
      })
    }
  }
  try {
    check(pem)
  } catch {
    // The cause may quote the key.
    throw new ToolError('invalid_config', `${field} is not in PEM form, or is protected by a passphrase.`, {
      hint: 'A PEM file begins with a line like -----BEGIN CERTIFICATE-----.',
    })
  }
  return pem
}

/** The 64 digits of a fingerprint, written with or without colons, case and `SHA256:`. */
export function parseFingerprint(text: string): string {
  const digits = text
    .trim()
    .replace(/^sha-?256\s*[:=]\s*/i, '')
    .replaceAll(/[\s:]/g, '')
    .toUpperCase()
  if (/^[0-9A-F]{64}$/.test(digits)) return digits
  throw new ToolError('invalid_config', 'tlsFingerprint is not a SHA-256 fingerprint.', {
    hint: 'It has 64 hexadecimal digits, with or without colons: SHA256:AB:CD:…',
  })
}

/** Why nothing may be sent over this socket; undefined where the other side is who it should be. */
export function refusalOf(socket: TLSSocket, trust: Pick<Trust, 'fingerprints' | 'insecure'>, origin: string): ToolError | undefined {
  const digits = socket.getPeerCertificate().fingerprint256 ?? ''
  const shown = `SHA256:${digits}`
  const line = `tlsFingerprint: "${shown}"`
  if (trust.fingerprints.length > 0) {
    if (trust.fingerprints.includes(digits.replaceAll(':', ''))) return undefined
    const pinned = trust.fingerprints.map((pin) => `SHA256:${pin.replaceAll(/..(?=.)/g, '$&:')}`).join(' or ')
    return new ToolError(
      'unreachable',
      `${origin} shows another certificate than the pinned one: expected ${pinned}, got ${shown}. Nothing was sent.`,
      {
        hint: `If nobody renewed it, somebody may stand in between: find out before you go on. If it was renewed, compare the fingerprint with the server's own (there: \`openssl x509 -noout -fingerprint -sha256 -in <its certificate>\`), then set ${line}`,
      },
    )
  }
  if (trust.insecure || socket.authorized) return undefined
  // Node gives the code of the failure here, whatever the type says.
  const code = String(socket.authorizationError)
  return new ToolError('unreachable', `The certificate of ${origin} is not accepted: ${reasons[code] ?? code}. Nothing was sent.`, {
    hint: `Set tlsCa to the authority that signed it, or compare the fingerprint with the server's own, then add ${line}`,
  })
}

/** How sockets of an instance are made; its socket path and trust count for its own hosts only. */
export interface ConnectorOptions {
  hosts: readonly string[]
  socketPath: string | undefined
  trust: Trust
  timeoutMs: number
  tunnel?: Tunnel | undefined
}

/** Makes the function undici opens its sockets with: a TLS socket is looked at before anything is written to it. */
export function createConnector(build: typeof buildConnector, options: ConnectorOptions): buildConnector.connector {
  // Without a cached session every handshake shows the certificate.
  const shared = { timeout: options.timeoutMs, maxCachedSessions: 0, rejectUnauthorized: false }
  const { context, fingerprints, insecure } = options.trust
  const { tunnel, socketPath } = options
  const open = (given: buildConnector.BuildOptions, path?: string) =>
    tunnel === undefined ? build({ ...given, ...(path !== undefined && { socketPath: path }) }) : through(tunnel, build(given), path)
  const own = open({ ...shared, ...(context !== undefined && { secureContext: context }) }, socketPath)
  const foreign = open(shared)
  return (target, callback) => {
    const isOwn = options.hosts.length === 0 || options.hosts.includes(target.hostname)
    const connect = isOwn ? own : foreign
    if (target.protocol !== 'https:') return connect(target, callback)
    return connect(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      const trust = isOwn ? { fingerprints, insecure } : { fingerprints: [], insecure: false }
      const refusal = refusalOf(socket as TLSSocket, trust, `https://${target.host ?? target.hostname}`)
      if (refusal === undefined) return callback(null, socket)
      socket.destroy()
      return callback(refusal, null)
    })
  }
}

/** Opens sockets on the other side of a tunnel; TLS is spoken from here, through it. */
function through(tunnel: Tunnel, secure: buildConnector.connector, socketPath: string | undefined): buildConnector.connector {
  return (target, callback) => {
    const isSecure = target.protocol === 'https:'
    const port = Number(target.port) || (isSecure ? 443 : 80)
    const open = async () => {
      try {
        const wanted = socketPath === undefined ? { host: target.hostname.replace(/^\[|\]$/g, ''), port } : { socketPath }
        // undici asks of a socket no more than any duplex stream has, as long as there is no TLS to be made of it.
        const stream = (await tunnel.dial(wanted)) as Socket
        return isSecure ? () => secure({ ...target, httpSocket: stream }, callback) : () => callback(null, stream)
      } catch (error) {
        return () => callback(error as Error, null)
      }
    }
    // Outside of the promise, which would take what the callback throws.
    void open().then(setImmediate)
  }
}
