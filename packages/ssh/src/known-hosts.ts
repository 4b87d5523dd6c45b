import { createHmac, timingSafeEqual } from 'node:crypto'

/** One line of a `known_hosts` file. */
export interface KnownHost {
  patterns: readonly string[]
  keyType: string
  /** Base64, as it is written. */
  key: string
  revoked: boolean
}

/** What a `known_hosts` file says of a key. */
export type Standing = 'known' | 'unknown' | 'changed' | 'revoked'

/** Reads a `known_hosts` file; lines that are none, and those of certificate authorities, are left out. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(/[ \t]+/)
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : undefined
    const [names = '', keyType = '', key = ''] = fields
    if (names === '' || names.startsWith('#') || !isKey(keyType, key)) return []
    // Host certificates are not spoken here, so the key of their authority vouches for nothing.
    if (marker !== undefined && marker !== '@revoked') return []
    return [{ patterns: names.split(','), keyType, key, revoked: marker === '@revoked' }]
  })
}

function isKey(keyType: string, key: string): boolean {
  const bytes = Buffer.from(key, 'base64')
  // A key begins with the length and the name of its type.
  return keyType !== '' && bytes.length > 4 + keyType.length && bytes.toString('latin1', 4, 4 + keyType.length) === keyType
}

/** Judges the key a host has shown by what is known. */
export function standingOf(known: readonly KnownHost[], host: { host: string; port: number }, key: Buffer): Standing {
  const text = key.toString('base64')
  const same = (entry: KnownHost) => stripped(entry.key) === stripped(text)
  if (known.some((entry) => entry.revoked && same(entry) && isNamedBy(entry, host))) return 'revoked'
  const entries = known.filter((entry) => !entry.revoked && isNamedBy(entry, host))
  if (entries.some(same)) return 'known'
  // A line without a port vouches for the same key on any port, and says nothing of another key there.
  if (known.some((entry) => !entry.revoked && same(entry) && isNamedBy(entry, { ...host, port: 22 }))) return 'known'
  return entries.length === 0 ? 'unknown' : 'changed'
}

/** The types of the keys that are known of a host. */
export function knownKeyTypes(known: readonly KnownHost[], host: { host: string; port: number }): string[] {
  const exact = known.filter((entry) => !entry.revoked && isNamedBy(entry, host))
  const found = exact.length > 0 ? exact : known.filter((entry) => !entry.revoked && isNamedBy(entry, { ...host, port: 22 }))
  return [...new Set(found.map(({ keyType }) => keyType))]
}

function isNamedBy({ patterns }: KnownHost, { host, port }: { host: string; port: number }): boolean {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase()
  const matching = patterns.filter((pattern) => matches(pattern.replace(/^!/, ''), name))
  return matching.length > 0 && !matching.some((pattern) => pattern.startsWith('!'))
}

function matches(pattern: string, name: string): boolean {
  if (pattern.startsWith('|1|')) return matchesHash(pattern, name)
  const expression = pattern
    .toLowerCase()
    .replaceAll(/[$()+./[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`).test(name)
}

function matchesHash(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|')
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function stripped(base64: string): string {
  return base64.replace(/=+$/, '')
}
