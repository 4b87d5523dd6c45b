import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { guard } from './guardian.ts'
import { writeMetricsConfiguration, type MetricsConfiguration, type MetricsPorts } from './metrics-configuration.ts'
import { newestPrometheus } from './newest-prometheus.ts'
import { freeze, kill } from './remains.ts'
import { supervise } from './supervisor.ts'

/** One of the processes of a metrics stack. */
export type MetricsProcess = 'prometheus' | 'alertmanager' | 'node-exporter'

/** Prometheus with its Alertmanager and a node exporter, on loopback ports of this machine. */
export interface PrometheusStack {
  readonly directory: string
  /** `http://127.0.0.1:<port>` of Prometheus. */
  readonly url: string
  readonly alertmanagerUrl: string
  /** `127.0.0.1:<port>`, the target Prometheus scrapes as job `node`. */
  readonly nodeExporterAddress: string
  /** `127.0.0.1:<port>` of the target of job `gone`, where nothing listens. */
  readonly deadAddress: string
  /** Starts what is stopped, on the same port and data, and waits until it is ready. */
  start(which?: MetricsProcess): Promise<void>
  stop(which?: MetricsProcess): Promise<void>
  /** Leaves a process accepting connections and answering none, until `resume`. */
  hang(which: MetricsProcess): void
  resume(which: MetricsProcess): void
  running(which: MetricsProcess): boolean
  /** Waits until `LabAlwaysFiring` has reached Alertmanager. */
  waitForAlert(): Promise<void>
  /** Stops everything and removes every trace of it. */
  down(): Promise<void>
}

/** What a stack scrapes and watches besides itself, and where it lives. */
export interface PrometheusOptions extends MetricsConfiguration {
  /** Runs Prometheus 3 and its Alertmanager where `requireNewestPrometheus` found no reason against it. */
  newest?: boolean
  directory?: string
  detached?: boolean
}

const everything: readonly MetricsProcess[] = ['node-exporter', 'alertmanager', 'prometheus']
const startLimitMs = 60_000

/** Starts a metrics stack and waits until each of its processes is ready. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusStack> {
  const { directory, detached = false } = options
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const home = realpathSync(directory ?? mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const record = join(home, 'ports.json')
  if (!existsSync(record)) {
    const ports: MetricsPorts = {
      prometheus: await freePort(),
      alertmanager: await freePort(),
      'node-exporter': await freePort(),
      dead: await freePort(),
    }
    writeMetricsConfiguration(home, ports, options)
    if (options.newest === true) symlinkSync(await newestPrometheus(), join(home, 'newest'))
    writeFileSync(record, JSON.stringify(ports))
  }
  const stack = attachPrometheus(home, { detached })
  try {
    await stack.start()
    return stack
  } catch (error) {
    await stack.down()
    throw error
  }
}

/** Takes hold of a metrics stack somebody may have started in a directory. */
export function attachPrometheus(directory: string, { detached = false }: { detached?: boolean } = {}): PrometheusStack {
  const ports = readPorts(directory)
  const addressOf = (which: keyof MetricsPorts) => `127.0.0.1:${String(ports[which])}`
  const processes = {
    prometheus: supervise(directory, 'prometheus', { detached }),
    alertmanager: supervise(directory, 'alertmanager', { detached }),
    'node-exporter': supervise(directory, 'node-exporter', { detached }),
  }
  let release: (() => void) | undefined

  async function startOne(which: MetricsProcess): Promise<void> {
    const supervisor = processes[which]
    if (supervisor.process() === undefined) supervisor.launch(commandOf(which))
    const readiness = which === 'node-exporter' ? '/' : '/-/ready'
    const deadline = Date.now() + startLimitMs
    while (!(await answers(`http://${addressOf(which)}${readiness}`))) {
      if (supervisor.process() === undefined || Date.now() > deadline) throw new Error(`${which} did not start:\n${supervisor.lastLines()}`)
      await sleep(50)
    }
  }

  function commandOf(which: MetricsProcess): string[] {
    const options = [`--web.listen-address=${addressOf(which)}`]
    if (which === 'node-exporter') return ['prometheus-node-exporter', ...options]
    const newest = join(directory, 'newest')
    const program = existsSync(newest) ? `${newest}/` : ''
    options.push(`--config.file=${join(directory, `${which}.yml`)}`)
    const data = join(directory, which)
    return which === 'prometheus'
      ? [`${program}prometheus`, ...options, `--storage.tsdb.path=${data}`, '--rules.alert.resend-delay=1s']
      : [`${program}prometheus-alertmanager`, ...options, `--storage.path=${data}`, '--cluster.listen-address=']
  }

  async function start(which?: MetricsProcess): Promise<void> {
    if (!detached) release ??= guard(directory)
    await Promise.all((which === undefined ? everything : [which]).map(startOne))
  }

  async function stop(which?: MetricsProcess): Promise<void> {
    const stopping = which === undefined ? everything : [which]
    await Promise.all(stopping.map((one) => (resume(one), processes[one].stop())))
  }

  const idsOf = (which: MetricsProcess) => [processes[which].process()].filter((id) => id !== undefined)
  const hang = (which: MetricsProcess) => freeze(idsOf(which))
  const resume = (which: MetricsProcess) => idsOf(which).forEach((id) => kill(id, 'SIGCONT'))

  async function waitForAlert(): Promise<void> {
    const filter = encodeURIComponent('alertname="LabAlwaysFiring"')
    const deadline = Date.now() + startLimitMs
    while (!(await answers(`http://${addressOf('alertmanager')}/api/v2/alerts?filter=${filter}`, (body) => body.includes('Lab')))) {
      if (Date.now() > deadline) throw new Error('No alert reached Alertmanager')
      await sleep(100)
    }
  }

  async function down(): Promise<void> {
    await stop()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    release?.()
    release = undefined
  }

  return {
    directory,
    url: `http://${addressOf('prometheus')}`,
    alertmanagerUrl: `http://${addressOf('alertmanager')}`,
    nodeExporterAddress: addressOf('node-exporter'),
    deadAddress: addressOf('dead'),
    start,
    stop,
    hang,
    resume,
    running: (which) => processes[which].process() !== undefined,
    waitForAlert,
    down,
  }
}

// A stack whose making was cut short has none yet.
function readPorts(directory: string): MetricsPorts {
  const record = join(directory, 'ports.json')
  if (!existsSync(record)) return { prometheus: 0, alertmanager: 0, 'node-exporter': 0, dead: 0 }
  return JSON.parse(readFileSync(record, 'utf8')) as MetricsPorts
}

async function answers(url: string, says: (body: string) => boolean = () => true): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    return says(await response.text()) && response.ok
  } catch {
    return false
  }
}
