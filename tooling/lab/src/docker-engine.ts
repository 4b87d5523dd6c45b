import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { busyboxArchive } from './busybox-image.ts'
import { canIsolate, namespaces } from './component.ts'
import { engineRequest, type EngineResponse } from './engine-request.ts'
import { guard } from './guardian.ts'
import { childrenOf, clearControlGroup, kill, processesNaming, unmountBelow } from './remains.ts'
import { supervise } from './supervisor.ts'

/** A Docker engine of its own: data, sockets, network and processes belong to it alone. */
export interface DockerEngine {
  readonly directory: string
  readonly socketPath: string
  /** Whether it has networks: in namespaces of its own it has, without them only `none`. */
  readonly networked: boolean
  /** Speaks the engine's API over its socket. */
  request(method: string, path: string, body?: unknown): Promise<EngineResponse>
  /** Makes an image of the machine's static busybox, with every applet linked. */
  importBusybox(repository?: string, tag?: string): Promise<void>
  /** Starts a stopped engine again on the same data. */
  start(): Promise<void>
  /** Stops the engine and its containers, and keeps the data. */
  stop(): Promise<void>
  /** Stops the engine and removes every trace of it. */
  down(): Promise<void>
}

/** Where an engine keeps its things, and whether it outlives the process that started it. */
export interface DockerEngineOptions {
  directory?: string
  detached?: boolean
}

const stopLimitMs = 20_000
const startLimitMs = 60_000

/** Starts an engine and waits until it answers. */
export async function startDockerEngine({ directory, detached = false }: DockerEngineOptions = {}): Promise<DockerEngine> {
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const home = realpathSync(directory ?? mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const engine = attachDockerEngine(home, { detached })
  try {
    await engine.start()
    return engine
  } catch (error) {
    await engine.down()
    throw error
  }
}

/** Takes hold of an engine somebody may have started in a directory. */
export function attachDockerEngine(directory: string, { detached = false }: { detached?: boolean } = {}): DockerEngine {
  const socketPath = join(directory, 'docker.sock')
  const controlGroup = `rackwarden-lab-${basename(directory)}`
  const networked = canIsolate()
  const supervisor = supervise(directory, 'dockerd', { detached, leash: networked ? 'KILL' : 'TERM' })
  let release: (() => void) | undefined
  const request: DockerEngine['request'] = (method, path, body) => engineRequest(socketPath, method, path, body)
  const answers = () =>
    request('GET', '/_ping').then(
      ({ status }) => status === 200,
      () => false,
    )

  async function start(): Promise<void> {
    if (!detached) release ??= guard(directory, controlGroup)
    if (supervisor.process() === undefined) {
      rmSync(join(directory, 'pid'), { force: true })
      rmSync(socketPath, { force: true })
      supervisor.launch(commandLine(directory, { networked, controlGroup }))
    }
    const deadline = Date.now() + startLimitMs
    while (!(await answers())) {
      if (supervisor.process() === undefined || Date.now() > deadline)
        throw new Error(`The Docker engine did not start:\n${supervisor.lastLines()}`)
      await sleep(50)
    }
  }

  async function stop(): Promise<void> {
    const running = supervisor.process()
    if (running === undefined) return
    await supervisor.stop({ target: networked ? (childrenOf(running)[0] ?? running) : running })
  }

  async function down(): Promise<void> {
    await removeContainers(request).catch(() => undefined)
    await stop()
    clearControlGroup(controlGroup)
    const deadline = Date.now() + stopLimitMs
    for (let left = processesNaming(directory); left.length > 0 && Date.now() < deadline; left = processesNaming(directory)) {
      for (const id of left) kill(id)
      await sleep(20)
    }
    clearControlGroup(controlGroup)
    unmountBelow(directory)
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    release?.()
    release = undefined
  }

  async function importBusybox(repository = 'busybox', tag = 'test'): Promise<void> {
    const answer = await request('POST', `/images/create?fromSrc=-&repo=${repository}&tag=${tag}`, busyboxArchive())
    if (answer.status !== 200) throw new Error(`Importing busybox failed: ${JSON.stringify(answer.body)}`)
  }

  return { directory, socketPath, networked, request, importBusybox, start, stop, down }
}

// The shell is the first process of the namespace: it reaps, and when it ends the kernel ends everything in it.
const initProgram = `
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
"$@" &
engine=$!
trap 'kill -TERM $engine' TERM
wait $engine
wait $engine
`

function commandLine(directory: string, { networked, controlGroup }: { networked: boolean; controlGroup: string }): string[] {
  const engine = [
    'dockerd',
    `--data-root=${join(directory, 'data')}`,
    `--exec-root=${join(directory, 'exec')}`,
    `--pidfile=${join(directory, 'pid')}`,
    `--host=unix://${join(directory, 'docker.sock')}`,
    `--cgroup-parent=/${controlGroup}`,
    '--shutdown-timeout=3',
    ...(networked ? [] : ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs']),
  ]
  return networked ? ['unshare', ...namespaces, 'sh', '-c', initProgram, 'init', ...engine] : engine
}

async function removeContainers(request: DockerEngine['request']): Promise<void> {
  const { body } = await request('GET', '/containers/json?all=1')
  for (const { Id } of body as { Id: string }[]) await request('DELETE', `/containers/${Id}?force=1&v=1`)
}
