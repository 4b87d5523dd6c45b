import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { busyboxArchive } from './busybox-image.ts'
import { searchPath } from './component.ts'
import { engineRequest, type EngineResponse } from './engine-request.ts'
import { childrenOf, clearControlGroup, kill, processesNaming, startOf, unmountBelow } from './remains.ts'

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

interface Supervisor {
  id: number
  start: string
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
  const log = join(directory, 'dockerd.log')
  const record = join(directory, 'supervisor.json')
  const controlGroup = `rackwarden-lab-${basename(directory)}`
  const networked = canIsolate()
  const request: DockerEngine['request'] = (method, path, body) => engineRequest(socketPath, method, path, body)
  const answers = () =>
    request('GET', '/_ping').then(
      ({ status }) => status === 200,
      () => false,
    )

  function supervisor(): Supervisor | undefined {
    if (!existsSync(record)) return undefined
    const found = JSON.parse(readFileSync(record, 'utf8')) as Supervisor
    return startOf(found.id) === found.start ? found : undefined
  }

  async function start(): Promise<void> {
    if (supervisor() === undefined) {
      rmSync(join(directory, 'pid'), { force: true })
      rmSync(socketPath, { force: true })
      const id = launch(commandLine(directory, { networked, detached, controlGroup }), log)
      writeFileSync(record, JSON.stringify({ id, start: startOf(id) }))
    }
    const deadline = Date.now() + startLimitMs
    while (!(await answers())) {
      if (supervisor() === undefined || Date.now() > deadline)
        throw new Error(`The Docker engine did not start:\n${readFileSync(log, 'utf8').split('\n').slice(-8).join('\n')}`)
      await sleep(50)
    }
  }

  async function stop(): Promise<void> {
    const running = supervisor()
    if (running === undefined) return
    kill(networked ? (childrenOf(running.id)[0] ?? running.id) : running.id, 'SIGTERM')
    const deadline = Date.now() + stopLimitMs
    while (supervisor() !== undefined && Date.now() < deadline) await sleep(20)
    kill(running.id)
    while (supervisor() !== undefined) await sleep(20)
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
  }

  async function importBusybox(repository = 'busybox', tag = 'test'): Promise<void> {
    const answer = await request('POST', `/images/create?fromSrc=-&repo=${repository}&tag=${tag}`, busyboxArchive())
    if (answer.status !== 200) throw new Error(`Importing busybox failed: ${JSON.stringify(answer.body)}`)
  }

  return { directory, socketPath, networked, request, importBusybox, start, stop, down }
}

function canIsolate(): boolean {
  const probe = spawnSync('unshare', [...namespaces, 'true'], { stdio: 'ignore', env: { PATH: searchPath() } })
  return probe.status === 0
}

const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

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

function commandLine(
  directory: string,
  { networked, detached, controlGroup }: { networked: boolean; detached: boolean; controlGroup: string },
): string[] {
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
  // An engine a test started ends with the test, however that ends.
  const leash = detached ? [] : ['setpriv', '--pdeathsig', networked ? 'KILL' : 'TERM']
  return networked ? [...leash, 'unshare', ...namespaces, 'sh', '-c', initProgram, 'init', ...engine] : [...leash, ...engine]
}

function launch(command: string[], log: string): number {
  const output = openSync(log, 'a')
  const [executable = '', ...rest] = command
  const child = spawn(executable, rest, { detached: true, stdio: ['ignore', output, output], env: { ...process.env, PATH: searchPath() } })
  closeSync(output)
  child.on('error', () => undefined)
  child.unref()
  if (child.pid === undefined) throw new Error(`${executable} could not be started`)
  return child.pid
}

async function removeContainers(request: DockerEngine['request']): Promise<void> {
  const { body } = await request('GET', '/containers/json?all=1')
  for (const { Id } of body as { Id: string }[]) await request('DELETE', `/containers/${Id}?force=1&v=1`)
}
