import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { guard } from './guardian.ts'
import { supervise } from './supervisor.ts'

/** A network segment of its own: the hosts that stand in it reach each other and nothing else. */
export interface LabNetwork {
  readonly directory: string
  /** The hosts that may join, by name, and their addresses. */
  readonly addresses: Readonly<Record<string, string>>
  /** The process whose network namespace holds the switch; undefined while it is down. */
  process(): number | undefined
  start(): Promise<void>
  down(): Promise<void>
}

/** Which hosts a network has room for, and whether it outlives the process that started it. */
export interface LabNetworkOptions {
  hosts: readonly string[]
  directory?: string
  detached?: boolean
}

const program = `
set -e
ip link set lo up
ip link add switch type bridge
ip link set switch up
touch "$1"
exec sleep infinity
`
const startLimitMs = 10_000

/** Starts a network with an address for each of its hosts. */
export async function startNetwork({ hosts, directory, detached = false }: LabNetworkOptions): Promise<LabNetwork> {
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const home = realpathSync(directory ?? mkdtempSync(join(tmpdir(), 'rw-lab-')))
  writeFileSync(join(home, 'hosts.json'), JSON.stringify(hosts))
  const network = attachNetwork(home, { detached })
  try {
    await network.start()
    return network
  } catch (error) {
    await network.down()
    throw error
  }
}

/** Takes hold of a network somebody may have started in a directory. */
export function attachNetwork(directory: string, { detached = false }: { detached?: boolean } = {}): LabNetwork {
  const supervisor = supervise(directory, 'switch', { detached })
  const ready = join(directory, 'ready')
  const hosts = join(directory, 'hosts.json')
  const names = existsSync(hosts) ? (JSON.parse(readFileSync(hosts, 'utf8')) as string[]) : []
  const addresses = Object.fromEntries(names.map((name, index) => [name, `10.77.0.${String(11 + index)}`]))
  let release: (() => void) | undefined

  async function start(): Promise<void> {
    if (supervisor.process() !== undefined) return
    if (!detached) release ??= guard(directory)
    rmSync(ready, { force: true })
    supervisor.launch(['unshare', '--net', 'sh', '-c', program, 'switch', ready])
    const deadline = Date.now() + startLimitMs
    while (!existsSync(ready)) {
      if (supervisor.process() === undefined || Date.now() > deadline)
        throw new Error(`The network did not start:\n${supervisor.lastLines()}`)
      await sleep(10)
    }
  }

  async function down(): Promise<void> {
    await supervisor.stop()
    rmSync(directory, { recursive: true, force: true })
    release?.()
    release = undefined
  }

  return { directory, addresses, process: () => supervisor.process(), start, down }
}
