import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate } from '@rackwarden/core'
import { readSshHosts, type SshHost } from './ssh-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/** The hosts `init` can offer: this machine, and those of `~/.ssh/config`. Nobody is contacted. */
export async function candidates(environment: Environment): Promise<Candidate[]> {
  const { HOME: home } = environment
  const own = await ownHost()
  if (!home) return own
  const hosts = await readSshHosts(home)
  const offered = await Promise.all(hosts.map((host) => candidateOf(host, hosts, home, environment)))
  return [...own, ...offered.flat()]
}

/** This machine; a container is none that somebody would look after. */
async function ownHost(): Promise<Candidate[]> {
  if (process.platform !== 'linux') return []
  const isContained = await Promise.any(['/.dockerenv', '/run/.containerenv'].map((path) => access(path))).then(
    () => true,
    () => false,
  )
  return isContained ? [] : [{ instance: 'default', values: { url: 'local' }, evidence: 'this machine' }]
}

async function candidateOf(host: SshHost, hosts: readonly SshHost[], home: string, environment: Environment): Promise<Candidate[]> {
  const user = host.user ?? environment['USER'] ?? environment['LOGNAME']
  const instance = host.alias.replaceAll(/[^\w.-]/g, '-')
  // Whoever is called git there serves repositories, not a shell; of several jumps only one can be made.
  if (user === 'git' || !/^[A-Za-z0-9]/.test(instance) || host.jump?.includes(',')) return []
  const key = await keyOf(host, home)
  const values = {
    url: `ssh://${user === undefined ? '' : `${encodeURIComponent(user)}@`}${addressOf(host)}`,
    ...(key === undefined ? {} : { sshKey: `file:${key.path}` }),
    ...(key === undefined && environment['SSH_AUTH_SOCK'] ? { sshAgent: 'env:SSH_AUTH_SOCK' } : {}),
    ...(host.jump === undefined ? {} : { sshJump: jumpOf(host.jump, hosts, environment) }),
  }
  const missing = key === undefined ? ('sshAgent' in values ? [] : ['sshPassword']) : key.isLocked ? ['sshKeyPassphrase'] : []
  return [{ instance, values, evidence: `Host ${host.alias} of ~/.ssh/config`, ask: missing, remote: true }]
}

/** The jump as the connection takes it: user@host:port, with what the file says of it. */
function jumpOf(jump: string, hosts: readonly SshHost[], environment: Environment): string {
  const [, user, name = jump, port] = /^(?:ssh:\/\/)?(?:([^@]+)@)?(.+?)(?::(\d+))?$/.exec(jump) ?? []
  const known = hosts.find(({ alias }) => alias === name)
  const as = user ?? known?.user ?? environment['USER'] ?? environment['LOGNAME']
  const address = addressOf({ hostName: known?.hostName ?? name, port: port === undefined ? (known?.port ?? 22) : Number(port) })
  return `${as === undefined ? '' : `${as}@`}${address}`
}

function addressOf({ hostName, port }: Pick<SshHost, 'hostName' | 'port'>): string {
  const name = hostName.includes(':') && !hostName.startsWith('[') ? `[${hostName}]` : hostName
  return port === 22 ? name : `${name}:${port}`
}

/** The first key that is there: of those named for the host, else of the usual ones. */
async function keyOf({ identityFiles }: SshHost, home: string): Promise<{ path: string; isLocked: boolean } | undefined> {
  const paths = identityFiles.length > 0 ? identityFiles : usualKeys.map((name) => join(home, '.ssh', name))
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text?.includes('PRIVATE KEY-----') === true) return { path, isLocked: isLocked(text) }
  }
  return undefined
}

/** Whether a key wants a passphrase: PEM says so in a line, OpenSSH in the name of the cipher at its beginning. */
function isLocked(text: string): boolean {
  if (!text.includes('BEGIN OPENSSH')) return text.includes('ENCRYPTED')
  const bytes = Buffer.from(text.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64')
  const start = 'openssh-key-v1\0'.length
  return bytes.length > start + 8 && bytes.toString('latin1', start + 4, start + 4 + bytes.readUInt32BE(start)) !== 'none'
}
