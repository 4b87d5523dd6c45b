import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSshKey } from './ssh-key.ts'

/** Who a host is, kept beside its disk. */
export interface HostIdentity {
  name: string
  address: string
  port: number | undefined
  keyFile: string
  hostFingerprint: string
  adminPassword: string
}

/** Reads who the host in a directory is; nobody yet when its making was cut short. */
export function readIdentity(directory: string): HostIdentity {
  const file = join(directory, 'host.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as HostIdentity
  return { name: '', address: '', port: undefined, keyFile: '', hostFingerprint: '', adminPassword: '' }
}

/** Gives a new host its name, keys and password: files its first boot lays over its disk. */
export function createIdentity(
  directory: string,
  who: { name: string; addresses: Readonly<Record<string, string>>; port: number | undefined; keyFile: string | undefined },
): HostIdentity {
  const { name, addresses, port } = who
  const first = join(directory, 'first')
  const write = (path: string, content: string, mode = 0o644) => {
    const file = join(first, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content, { mode })
  }
  const known = Object.entries(addresses).map(([host, address]) => `${address} ${host}\n`)
  write('etc/hostname', `${name}\n`)
  write('etc/hosts', ['127.0.0.1 localhost\n', ...known].join(''))
  write('etc/machine-id', `${randomBytes(16).toString('hex')}\n`)

  const hostKey = join(first, 'etc/ssh/ssh_host_ed25519_key')
  mkdirSync(join(hostKey, '..'), { recursive: true })
  const { fingerprint } = createSshKey(hostKey, name)
  write('etc/ssh/sshd_config.d/lab.conf', 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n')

  const keyFile = who.keyFile ?? join(directory, 'key')
  const { line } = createSshKey(keyFile, 'lab')
  write('root/.ssh/authorized_keys', `${line}\n`, 0o600)
  write('home/admin/.ssh/authorized_keys', `${line}\n`, 0o600)
  chmodSync(join(first, 'root'), 0o700)
  for (const path of ['home/admin', 'home/admin/.ssh', 'home/admin/.ssh/authorized_keys']) chownSync(join(first, path), adminId, adminId)

  const adminPassword = randomBytes(12).toString('hex')
  writeFileSync(join(directory, 'admin-password'), `admin:${adminPassword}\n`, { mode: 0o600 })
  const identity = { name, address: addresses[name] ?? '', port, keyFile, hostFingerprint: fingerprint, adminPassword }
  writeFileSync(join(directory, 'host.json'), JSON.stringify(identity), { mode: 0o600 })
  return identity
}

// The first user Debian makes.
const adminId = 1000
