import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { guard } from './guardian.ts'
import { bootCommand } from './host-boot.ts'
import { createIdentity, readIdentity } from './host-identity.ts'
import { hostImage } from './host-image.ts'
import { descendantsOf, machineOf, runInside, type HostCommand } from './host-machine.ts'
import { attachNetwork, startNetwork, type LabNetwork } from './network.ts'
import { childrenOf, clearControlGroup, freeze, kill } from './remains.ts'
import { supervise } from './supervisor.ts'

/** A Linux machine of its own: systemd as its first process, journald, sshd, and a network only the lab reaches. */
export interface SystemdHost {
  readonly name: string
  readonly directory: string
  /** Where sshd answers: a loopback port of this machine, or port 22 of an address only its network reaches. */
  readonly address: string
  readonly port: number
  /** The address of its `eth0`, which is the address it knows itself by. */
  readonly networkAddress: string
  /** `SHA256:…` of its ed25519 host key, the only one it has. */
  readonly hostFingerprint: string
  /** The private key that opens both `root` and `admin`. */
  readonly keyFile: string
  /** The user who may do everything. */
  readonly user: 'root'
  /** The user who may do everything through sudo, with a password. */
  readonly adminUser: 'admin'
  readonly adminPassword: string
  /** Runs a command inside as root, without sshd. */
  run(argv: readonly string[], options?: { input?: string }): Promise<HostCommand>
  /** Boots it again with the disk it had, and waits until sshd answers and systemd has started everything. */
  start(): Promise<void>
  /** Halts it in order, or at once as a power cut does, and keeps its disk. Its port refuses from then on. */
  stop(options?: { abruptly?: boolean }): Promise<void>
  /** Freezes everything in it: connections stand and open, and nothing answers, until `resume`. */
  hang(): void
  resume(): void
  running(): boolean
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

/** How a host is called, where it lives, and which network it stands in. */
export interface SystemdHostOptions {
  /** Its host name of at most 12 characters, by default `nas-1`. */
  name?: string
  /** The network it joins, which has to have an address for it; by default one of its own. */
  network?: LabNetwork
  /** Whether a loopback port of this machine leads to its sshd, which is so by default. */
  reachable?: boolean
  /** A key file to be let in with; by default one of its own. */
  keyFile?: string
  directory?: string
  detached?: boolean
}

const bootLimitMs = 60_000

/** Boots a host and waits until it answers. The first one on a machine waits for its disk to be built, about a minute. */
export async function startSystemdHost(options: SystemdHostOptions = {}): Promise<SystemdHost> {
  const { name = 'nas-1', reachable = true, keyFile, detached = false } = options
  const image = await hostImage()
  if (options.directory !== undefined) mkdirSync(options.directory, { recursive: true })
  const directory = realpathSync(options.directory ?? mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const network = options.network ?? (await startNetwork({ hosts: [name], directory: join(directory, 'network'), detached }))
  if (network.addresses[name] === undefined) throw new Error(`The network has no address for ${name}`)
  if (!existsSync(join(directory, 'host.json'))) {
    const port = reachable ? await freePort() : undefined
    execFileSync('cp', ['--reflink=auto', '--sparse=always', image, join(directory, 'disk.img')])
    createIdentity(directory, { name, addresses: network.addresses, port, keyFile })
  }
  const host = attachSystemdHost(directory, { detached, network })
  try {
    await host.start()
    return host
  } catch (error) {
    await host.down()
    throw error
  }
}

/** Takes hold of a host somebody may have started in a directory. */
export function attachSystemdHost(
  directory: string,
  { detached = false, network }: { detached?: boolean; network?: LabNetwork } = {},
): SystemdHost {
  const identity = readIdentity(directory)
  const { name, address, port } = identity
  const own = join(directory, 'network')
  const segment = network ?? attachNetwork(own, { detached })
  const supervisor = supervise(directory, 'boot', { detached })
  const controlGroup = `rackwarden-lab-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`
  let release: (() => void) | undefined

  const boot = () => supervisor.process()
  const machine = () => machineOf(boot() ?? 0)

  async function start(): Promise<void> {
    if (!detached) release ??= guard(directory, controlGroup)
    await segment.start()
    if (boot() === undefined) {
      clearControlGroup(controlGroup)
      supervisor.launch(bootCommand({ name, directory, controlGroup, network: segment.process() ?? 0, address, port }))
    }
    const deadline = Date.now() + bootLimitMs
    while (!(await isReady())) {
      if (boot() === undefined || Date.now() > deadline) throw new Error(`${name} did not start:\n${supervisor.lastLines()}`)
      await sleep(50)
    }
  }

  async function isReady(): Promise<boolean> {
    const first = machine()
    if (first === undefined) return false
    const { stdout } = await runInside(first, ['systemctl', 'is-system-running'])
    if (!['running', 'degraded'].includes(stdout.trim())) return false
    // What systemd-nspawn shows of the machine around it is no part of this one.
    await runInside(first, ['sh', '-c', 'for point in incoming os-release; do while umount -l /run/host/$point; do :; done; done'])
    return port === undefined || (await greets(port))
  }

  async function stop({ abruptly = false }: { abruptly?: boolean } = {}): Promise<void> {
    const running = boot()
    if (running === undefined) return
    resume()
    const shell = childrenOf(running)[0] ?? running
    await supervisor.stop({ target: shell, signal: abruptly ? 'SIGKILL' : 'SIGTERM' })
    clearControlGroup(controlGroup)
  }

  function everything(): number[] {
    const first = machine()
    return first === undefined ? [] : [first, ...descendantsOf(first)]
  }
  const hang = () => freeze(everything())
  const resume = () => everything().forEach((id) => kill(id, 'SIGCONT'))

  async function run(argv: readonly string[], { input }: { input?: string } = {}): Promise<HostCommand> {
    const first = machine()
    if (first === undefined) throw new Error(`${name} does not run`)
    return runInside(first, argv, input)
  }

  async function down(): Promise<void> {
    await stop({ abruptly: true })
    if (segment.directory === own) await segment.down()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    release?.()
    release = undefined
  }

  return {
    name,
    directory,
    address: port === undefined ? address : '127.0.0.1',
    port: port ?? 22,
    networkAddress: address,
    hostFingerprint: identity.hostFingerprint,
    keyFile: identity.keyFile,
    user: 'root',
    adminUser: 'admin',
    adminPassword: identity.adminPassword,
    run,
    start,
    stop,
    hang,
    resume,
    running: () => machine() !== undefined,
    down,
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => settle(false))
    socket.on('data', (data) => settle(data.toString('latin1').startsWith('SSH-')))
    socket.on('error', () => settle(false))
    socket.on('close', () => resolve(false))
  })
}
