import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guard } from './guardian.ts'
import { attachNetwork, startNetwork, type LabNetwork } from './network.ts'
import { attachSystemdHost, startSystemdHost, type SystemdHost } from './systemd-host.ts'

/** Two hosts on one network, of which only the first can be reached from outside. */
export interface HostPair {
  readonly directory: string
  readonly network: LabNetwork
  /** `nas-1`, reached through a loopback port of this machine. */
  readonly jump: SystemdHost
  /** `nas-2`, reached at its `address` and `port` through `jump` only, with the same key. */
  readonly behind: SystemdHost
  /** Stops both and removes every trace of them. */
  down(): Promise<void>
}

/** Where a pair keeps its things, and whether it outlives the process that started it. */
export interface HostPairOptions {
  directory?: string
  detached?: boolean
}

const [jumpName, behindName] = ['nas-1', 'nas-2']

/** Boots two hosts, the second behind the first, and waits until both answer. */
export async function startHostPair({ directory, detached = false }: HostPairOptions = {}): Promise<HostPair> {
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const home = realpathSync(directory ?? mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const release = detached ? undefined : guard(home)
  const network = await startNetwork({ hosts: [jumpName, behindName], directory: join(home, 'network'), detached })
  const keyFile = join(home, 'key')
  const options = { network, keyFile, detached }
  try {
    const jump = await startSystemdHost({ ...options, name: jumpName, directory: join(home, jumpName) })
    const behind = await startSystemdHost({ ...options, name: behindName, directory: join(home, behindName), reachable: false })
    return pairOf(home, { network, jump, behind }, release)
  } catch (error) {
    await attachHostPair(home).down()
    release?.()
    throw error
  }
}

/** Takes hold of a pair somebody may have started in a directory. */
export function attachHostPair(directory: string): HostPair {
  const network = attachNetwork(join(directory, 'network'), { detached: true })
  const host = (name: string) => attachSystemdHost(join(directory, name), { detached: true, network })
  return pairOf(directory, { network, jump: host(jumpName), behind: host(behindName) })
}

function pairOf(directory: string, parts: Omit<HostPair, 'directory' | 'down'>, release?: () => void): HostPair {
  async function down(): Promise<void> {
    await Promise.all([parts.jump.down(), parts.behind.down()])
    await parts.network.down()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    release?.()
  }
  return { directory, ...parts, down }
}
