import { createHash } from 'node:crypto'
import { ToolError } from '@rackwarden/core'
import type { HostAddress } from './address.ts'
import type { SshConfig } from './config.ts'
import { readIfThere, readNamedFile } from './home-file.ts'
import { knownKeyTypes, parseKnownHosts, standingOf, type KnownHost } from './known-hosts.ts'

/** Decides whether a host is who it should be, before anything is said to it. */
export interface HostKeyRule {
  /** Signature algorithms to offer, those of keys we know first. */
  algorithms: readonly string[]
  /** Why this key is not accepted; undefined where it is. */
  refusalOf(key: Buffer): ToolError | undefined
  /** The rule for another try with another of the server's keys, after this one was refused; undefined where there is none. */
  without(key: Buffer): HostKeyRule | undefined
}

const algorithmsOf: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
}

const usualFiles = ['~/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts']

/** Makes the rule for a host: its pinned fingerprint alone where there is one, else the known_hosts files. */
export async function readHostKeyRule(
  address: HostAddress,
  field: 'sshHostKey' | 'sshJumpHostKey',
  config: Pick<SshConfig, 'sshHostKey' | 'sshJumpHostKey' | 'sshKnownHosts'>,
): Promise<HostKeyRule> {
  const pin = config[field]
  if (pin !== undefined) return pinnedRule(address, field, fingerprintIn(field, pin), Object.keys(algorithmsOf))
  const { sshKnownHosts } = config
  const texts =
    sshKnownHosts === undefined ? await Promise.all(usualFiles.map(readIfThere)) : [await readNamedFile('sshKnownHosts', sshKnownHosts)]
  return knownRule(address, field, texts.flatMap(parseKnownHosts))
}

/** The fingerprint of a key, as OpenSSH writes it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function fingerprintIn(field: string, text: string): string {
  const [, digest] = /^\s*(?:SHA256:)?([A-Za-z0-9+/]{43})=?\s*$/i.exec(text) ?? []
  if (digest !== undefined) return `SHA256:${digest}`
  throw new ToolError('invalid_config', `${field} is not a SHA-256 fingerprint of a host key.`, {
    hint: 'It looks like SHA256:… with 43 characters, as `ssh-keygen -l` prints it.',
  })
}

function pinnedRule(address: HostAddress, field: string, fingerprint: string, types: readonly string[]): HostKeyRule {
  return {
    algorithms: types.flatMap((type) => algorithmsOf[type] ?? []),
    refusalOf(key) {
      const shown = fingerprintOf(key)
      if (shown === fingerprint) return undefined
      return changed(address, `the pinned one`, `then set ${field}: "${shown}"`)
    },
    // A server has a key of each type, and the pinned one need not be the one it shows first.
    without(key) {
      const left = types.filter((type) => type !== typeOf(key))
      return left.length === types.length || left.length === 0 ? undefined : pinnedRule(address, field, fingerprint, left)
    },
  }
}

function knownRule(address: HostAddress, field: string, known: readonly KnownHost[]): HostKeyRule {
  const types = Object.keys(algorithmsOf)
  const first = knownKeyTypes(known, address)
  return {
    algorithms: [...first, ...types.filter((type) => !first.includes(type))].flatMap((type) => algorithmsOf[type] ?? []),
    refusalOf(key) {
      const standing = standingOf(known, address, key)
      if (standing === 'known') return undefined
      const shown = fingerprintOf(key)
      const line = `${field}: "${shown}"`
      if (standing === 'changed') return changed(address, 'the one known_hosts has', `then replace its line in known_hosts, or set ${line}`)
      if (standing === 'revoked')
        return new ToolError('unreachable', `${address.name} shows a host key that known_hosts revokes (${shown}). Nothing was sent.`, {
          hint: 'Whoever holds this key is not to be trusted. Give the host a new key.',
        })
      return new ToolError('unreachable', `The host key of ${address.name} is not known. Nothing was sent.`, {
        hint: `Compare it with the server's own (there: \`ssh-keygen -lf /etc/ssh/ssh_host_${shortType(key)}_key.pub\`, or from a machine you trust: \`ssh-keyscan -p ${address.port} ${address.host} | ssh-keygen -lf -\`), then add ${line}`,
      })
    },
    without: () => undefined,
  }
}

function changed({ name }: HostAddress, other: string, remedy: string): ToolError {
  return new ToolError(
    'unreachable',
    `THE HOST KEY OF ${name} HAS CHANGED: it is another than ${other}. Somebody may be in between and listening, or the host was installed anew. Nothing was sent.`,
    { hint: `Find out why before you go on. Only if you know that it was renewed: compare it with the server's own, ${remedy}` },
  )
}

function typeOf(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + Math.min(key.readUInt32BE(0), 64))
}

function shortType(key: Buffer): string {
  return /ed25519|ecdsa/.exec(typeOf(key))?.[0] ?? 'rsa'
}
