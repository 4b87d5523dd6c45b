import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sh, type Part } from './script.ts'
import type { Sections } from './sections.ts'

/** Who a host is, and as whom it was asked. */
export const identityPart: Part = {
  name: 'identity',
  body: sh`
section identity:name; uname -n
section identity:user; id -un || id -u
section identity:machine; cat /etc/machine-id || cat /var/lib/dbus/machine-id
section identity:boot; cat /proc/sys/kernel/random/boot_id`,
}

/** Who a host is, and as whom it was asked. */
export interface Identity {
  name: string
  user: string
  /** The same as long as nobody installs it anew; no host gives its own id away. */
  machine: string
  /** New with every boot. */
  boot: string
  /** True where this process runs on it: as it is, or in a container there, which shares its kernel. */
  isHere: boolean
}

/** Reads what the part printed. */
export async function identityOf(sections: Sections): Promise<Identity> {
  const first = (name: string) => sections.lines(`identity:${name}`)[0]?.trim() ?? ''
  const [name, machine, boot] = [first('name'), first('machine'), first('boot')]
  return {
    name,
    user: first('user'),
    machine: createHash('sha256').update(`${machine}/${name}`).digest('hex').slice(0, 16),
    boot,
    isHere: boot !== '' && boot === (await ownBoot()),
  }
}

/** The kernel's own name of its run: two places that share it share the machine. */
async function ownBoot(): Promise<string | undefined> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}

/** The systemd units this process lives in, from what the kernel says of it; none where systemd did not start it. */
export async function ownUnits(): Promise<string[]> {
  const groups = await readFile('/proc/self/cgroup', 'utf8').catch(() => '')
  return [...new Set([...groups.matchAll(/\/([^/\s]+\.service)\b/g)].flatMap(([, unit]) => unit ?? []))]
}
