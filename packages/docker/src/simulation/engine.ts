import { createHash } from 'node:crypto'
import type { DockerWorld, SimulatedContainer } from './world.ts'

/** A line of a pretend log. */
export interface SimulatedLine {
  at: number
  stream: 'stdout' | 'stderr'
  text: string
}

/** A container as the pretend engine keeps it. */
export interface ContainerRecord {
  id: string
  given: SimulatedContainer
  state: 'running' | 'exited' | 'restarting' | 'paused' | 'created'
  health: 'healthy' | 'unhealthy' | 'starting' | 'none'
  exitCode: number
  restarts: number
  createdAt: number
  startedAt: number
  finishedAt: number
  log: SimulatedLine[]
  /** Looks until its health check has come to a verdict; looks make time pass, no timer does. */
  looksLeft: number
  networks: { name: string; address: string; mac: string }[]
  /** Bytes written beside the volumes. */
  written: number
}

/** A command that was asked for in a container. */
export interface ExecRecord {
  id: string
  container: ContainerRecord
  argv: readonly string[]
  exitCode: number | undefined
  /** Ends it from outside. */
  kill: () => void
}

/** A network of the pretend engine. */
export interface NetworkRecord {
  id: string
  name: string
  driver: string
  subnet: string
  gateway: string
}

const hour = 3_600_000
const looksToSettle = 3

/** What a pretend engine remembers, and how starting and stopping change it. */
export class SimulatedEngine {
  readonly world: Required<Pick<DockerWorld, 'host' | 'version' | 'apiVersion' | 'cpus' | 'memoryGib'>> & DockerWorld
  readonly containers: ContainerRecord[]
  readonly networks: NetworkRecord[] = []
  /** Megabytes by name. */
  readonly images: Map<string, number>
  readonly volumes: Map<string, number>
  readonly buildCache: Map<string, number>
  readonly execs: ExecRecord[] = []
  now: number

  constructor(world: DockerWorld) {
    this.world = { host: 'engine', version: '29.1.3', apiVersion: '1.52', cpus: 4, memoryGib: 16, ...world }
    this.now = Date.parse(world.now ?? '2026-06-01T09:00:00Z')
    for (const name of ['bridge', 'host', 'none']) this.network(name)
    this.containers = world.containers.map((given) => this.record(given))
    const { images = {}, volumes = {}, buildCache = {} } = world
    this.images = new Map([...world.containers.map(({ image }) => [image, sizeOf(image)] as const), ...Object.entries(images)])
    const mounted = world.containers.flatMap(({ mounts = [] }) => volumesIn(mounts))
    this.volumes = new Map([...mounted.map((name) => [name, sizeOf(name)] as const), ...Object.entries(volumes)])
    this.buildCache = new Map(Object.entries(buildCache))
  }

  /** Makes a container, which waits to be started. */
  create(given: SimulatedContainer): ContainerRecord {
    this.made += 1
    const made = {
      ...this.record({ ...given, state: 'created', hours: 0 }),
      id: idOf(`container/${given.name}/${this.made}`),
      createdAt: this.now,
      written: 0,
    }
    this.containers.push(made)
    for (const name of volumesIn(given.mounts ?? [])) if (!this.volumes.has(name)) this.volumes.set(name, 0)
    return made
  }

  /** Puts a container into one more network. */
  connect(container: ContainerRecord, name: string): void {
    if (!container.networks.some((network) => network.name === name)) container.networks.push(this.join(this.network(name)))
  }

  remove(container: ContainerRecord): void {
    this.containers.splice(this.containers.indexOf(container), 1)
  }

  private made = 0

  /** The container a name or the beginning of an id means, as the real engine would find it. */
  find(reference: string): ContainerRecord | undefined {
    return (
      this.containers.find(({ id, given }) => given.name === reference || id === reference) ??
      this.containers.find(({ id }) => id.startsWith(reference))
    )
  }

  /** Being looked at is what makes time pass for a container that was just started. */
  look(container: ContainerRecord): void {
    if (container.looksLeft === 0) return
    this.now += 1000
    container.looksLeft -= 1
    if (container.looksLeft === 0 && container.health === 'starting')
      container.health = container.given.onStart === 'unhealthy' ? 'unhealthy' : 'healthy'
  }

  start(container: ContainerRecord): void {
    const { given } = container
    container.startedAt = this.now
    container.restarts = 0
    container.exitCode = 0
    this.write(container, given.startLog ?? [])
    if (given.onStart === 'crash') {
      Object.assign(container, { state: 'restarting', exitCode: given.exitCode ?? 1, restarts: 1, finishedAt: this.now })
      this.write(container, (given.log ?? []).slice(-1))
      return
    }
    container.state = 'running'
    container.health = given.health === undefined ? 'none' : 'starting'
    container.looksLeft = looksToSettle
  }

  stop(container: ContainerRecord): void {
    if (container.state === 'running' || container.state === 'paused') container.exitCode = 143
    Object.assign(container, { state: 'exited', finishedAt: this.now, looksLeft: 0 })
    if (container.given.isRemovedAtEnd === true) this.remove(container)
  }

  private write(container: ContainerRecord, lines: readonly string[]): void {
    container.log.push(...lines.map((line) => lineAt(this.now, line)))
  }

  private record(given: SimulatedContainer): ContainerRecord {
    const state = given.state ?? 'running'
    const since = this.now - (given.hours ?? 24) * hour
    const isDown = state === 'exited'
    const lines = given.log ?? []
    return {
      id: idOf(`container/${given.name}`),
      given,
      state,
      health: given.health ?? 'none',
      exitCode: given.exitCode ?? 0,
      restarts: given.restarts ?? 0,
      createdAt: since - 240 * hour,
      startedAt: isDown ? since - hour : state === 'created' ? 0 : since,
      finishedAt: isDown ? since : state === 'restarting' ? this.now - 20_000 : 0,
      log: lines.map((line, index) => lineAt((isDown ? since : this.now) - (lines.length - index) * 20_000, line)),
      looksLeft: 0,
      networks: this.attach(given),
      written: sizeOf(given.name) * 10_000,
    }
  }

  private attach({ network, project }: SimulatedContainer): ContainerRecord['networks'] {
    if (network?.startsWith('container:') === true) return []
    if (network === 'default') return [this.join(this.network('bridge'))]
    if (network === 'host' || network === 'none') return [{ name: network, address: '', mac: '' }]
    const own = project === undefined ? undefined : `${project}_default`
    const names = [network, own].filter((name) => name !== undefined)
    return (names.length === 0 ? ['bridge'] : names).map((name) => this.join(this.network(name)))
  }

  private join({ name, gateway }: NetworkRecord): ContainerRecord['networks'][number] {
    const member = (this.members.get(name) ?? 1) + 1
    this.members.set(name, member)
    const address = gateway.replace(/\.1$/, `.${member}`)
    const digits = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
    return { name, address, mac: `02:42:${digits.join(':')}` }
  }

  private readonly members = new Map<string, number>()

  private network(name: string): NetworkRecord {
    const known = this.networks.find((network) => network.name === name)
    if (known !== undefined) return known
    const isPlain = name === 'host' || name === 'none'
    const range = `172.${17 + this.networks.filter(({ subnet }) => subnet !== '').length}.0`
    const network = {
      id: idOf(`network/${name}`),
      name,
      driver: name === 'none' ? 'null' : name === 'host' ? 'host' : 'bridge',
      subnet: isPlain ? '' : `${range}.0/16`,
      gateway: isPlain ? '' : `${range}.1`,
    }
    this.networks.push(network)
    return network
  }
}

/** A stable made-up id of 64 digits. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The volumes among mounts. */
export function volumesIn(mounts: readonly string[]): string[] {
  return mounts.map((mount) => mount.split(':')[0] ?? '').filter((source) => source !== '' && !source.startsWith('/'))
}

// Made up, but the same each time.
function sizeOf(name: string): number {
  return 20 + (Number.parseInt(idOf(name).slice(0, 4), 16) % 900)
}

function lineAt(at: number, line: string): SimulatedLine {
  return line.startsWith('! ') ? { at, stream: 'stderr', text: line.slice(2) } : { at, stream: 'stdout', text: line }
}
