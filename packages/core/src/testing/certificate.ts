import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** A self-signed certificate that is its own authority, for servers and clients of tests. */
export interface TestCertificate {
  /** PEM. */
  key: string
  /** PEM. */
  certificate: string
  /** SHA-256, `AB:CD:…`. */
  fingerprint: string
}

const ecdsaWithSha256 = [1, 2, 840, 10045, 4, 3, 2]
const commonName = [2, 5, 4, 3]
const basicConstraints = [2, 5, 29, 19]
const subjectAltName = [2, 5, 29, 17]
const dayMs = 86_400_000

/** Makes a key and a certificate for it; nothing but `node:crypto` is needed. */
export function createCertificate(options: { hosts?: readonly string[]; validUntil?: Date } = {}): TestCertificate {
  const hosts = options.hosts ?? ['localhost', '127.0.0.1']
  const until = options.validUntil ?? new Date(Date.now() + 30 * dayMs)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(set(sequence(oid(commonName), tagged(0x0c, Buffer.from(hosts[0] ?? 'localhost')))))
  const algorithm = sequence(oid(ecdsaWithSha256))
  const serial = randomBytes(16)
  // Positive, and without a leading zero byte.
  serial[0] = 0x40 | (serial.readUInt8(0) & 0x3f)
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(new Date(until.getTime() - 60 * dayMs)), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        extension(basicConstraints, sequence(tagged(0x01, Buffer.from([0xff])))),
        extension(subjectAltName, sequence(...hosts.map(alternativeName))),
      ),
    ),
  )
  const signature = sign('sha256', content, privateKey)
  const der = sequence(content, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const digits = createHash('sha256').update(der).digest('hex').toUpperCase()
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    fingerprint: digits.replaceAll(/..(?!$)/g, '$&:'),
  }
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(0x87, Buffer.from(host.split('.').map(Number)))
  if (isIP(host) === 6) throw new TypeError('A test certificate is made for names and IPv4 addresses only')
  return tagged(0x82, Buffer.from(host))
}

function extension(identifier: readonly number[], value: Buffer): Buffer {
  return sequence(oid(identifier), tagged(0x04, value))
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`))
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts))
}

function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

/** One DER element: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}
