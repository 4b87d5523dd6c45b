import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SystemdHost } from '@rackwarden/lab'

/** Logs in as a person would, with the client of the machine, and believes only the host key that was announced. */
export async function logIn(host: SystemdHost, command: string, { user = 'root', through }: { user?: string; through?: SystemdHost } = {}) {
  const proxy =
    through === undefined
      ? []
      : ['-o', `ProxyCommand=${['ssh', ...(await optionsFor(through)), '-W', '%h:%p', `root@${through.address}`].join(' ')}`]
  const { stdout } = await promisify(execFile)('ssh', [...(await optionsFor(host, through)), ...proxy, `${user}@${host.address}`, command])
  return stdout
}

async function optionsFor(host: SystemdHost, through?: SystemdHost): Promise<string[]> {
  const { stdout } = await host.run(['cat', '/etc/ssh/ssh_host_ed25519_key.pub'])
  const known = join(host.directory, 'known_hosts')
  writeFileSync(known, `${through === undefined ? `[${host.address}]:${String(host.port)}` : host.address} ${stdout}`)
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${known}`, 'IdentitiesOnly=yes', 'IdentityAgent=none']
  return ['-F', 'none', '-i', host.keyFile, '-p', String(host.port), ...options.flatMap((option) => ['-o', option])]
}
