import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { missingComponent } from './component.ts'
import { attachDockerEngine, startDockerEngine } from './docker-engine.ts'
import { hostImage } from './host-image.ts'
import { attachHostPair, startHostPair } from './host-pair.ts'
import { attachPrometheus, startPrometheus } from './prometheus.ts'
import { attachSystemdHost, startSystemdHost, type SystemdHost } from './systemd-host.ts'
import { requireUptimeKuma } from './uptime-kuma.ts'

interface Stand {
  /** What it is called in components.json. */
  component: string
  up(directory: string): Promise<string[]>
  /** What runs, and what does not. */
  status(directory: string): Promise<string[]>
  down(directory: string): Promise<void>
}

const detached = true
const stands: Record<string, Stand> = {
  docker: {
    component: 'docker',
    up: async (directory) => {
      const engine = await startDockerEngine({ directory, detached })
      await engine.importBusybox()
      return [`export DOCKER_HOST=unix://${engine.socketPath}`]
    },
    status: async (directory) => {
      const engine = attachDockerEngine(directory, { detached })
      const answer = await engine.request('GET', '/_ping').catch(() => undefined)
      return [says('engine', answer?.status === 200, `unix://${engine.socketPath}`)]
    },
    down: (directory) => attachDockerEngine(directory, { detached }).down(),
  },
  host: {
    component: 'host',
    up: async (directory) => entrance(await startSystemdHost({ directory, detached })),
    status: async (directory) => [statusOf(attachSystemdHost(directory, { detached }))],
    down: (directory) => attachSystemdHost(directory, { detached }).down(),
  },
  pair: {
    component: 'host',
    up: async (directory) => {
      const { jump, behind } = await startHostPair({ directory, detached })
      return [...entrance(jump), `behind it: ${behind.user}@${behind.address}`, `  host key ${behind.hostFingerprint}`]
    },
    status: async (directory) => {
      const { jump, behind } = attachHostPair(directory)
      return [statusOf(jump), statusOf(behind)]
    },
    down: (directory) => attachHostPair(directory).down(),
  },
  prometheus: {
    component: 'prometheus',
    up: async (directory) => {
      const stack = await startPrometheus({ directory, detached })
      return [`export PROMETHEUS_URL=${stack.url} ALERTMANAGER_URL=${stack.alertmanagerUrl}`]
    },
    status: async (directory) => {
      const stack = attachPrometheus(directory, { detached })
      return [
        says('prometheus', stack.running('prometheus'), stack.url),
        says('alertmanager', stack.running('alertmanager'), stack.alertmanagerUrl),
        says('node-exporter', stack.running('node-exporter'), stack.nodeExporterAddress),
      ]
    },
    down: (directory) => attachPrometheus(directory, { detached }).down(),
  },
}

const usage = `usage: npm run lab -- up|down|status [${Object.keys(stands).join('|')}|all]\n       npm run lab -- prepare`
const home = fileURLToPath(new URL('../../../.lab', import.meta.url))
const [action = '', wanted = action === 'up' ? 'docker' : 'all'] = process.argv.slice(2)
const names = wanted === 'all' ? Object.keys(stands) : [wanted]
if (action === '--help' || action === '-h') {
  console.log(usage)
} else if (action === 'prepare') {
  console.log(missingComponent('host') ?? `hosts start from ${await hostImage()}`)
  // What takes minutes to compile is not to begin in the middle of the tests.
  console.log((await requireUptimeKuma()) ?? 'Uptime Kuma is there')
} else if (!['up', 'down', 'status'].includes(action) || names.some((name) => stands[name] === undefined)) {
  console.error(usage)
  process.exitCode = 2
} else {
  for (const name of names) await perform(name)
}

async function perform(name: string): Promise<void> {
  const stand = stands[name]
  if (stand === undefined) return
  const directory = `${home}/${name}`
  const isThere = existsSync(directory)
  if (action === 'status') {
    console.log([`${name}${isThere ? '' : ' is down'}`, ...(isThere ? await stand.status(directory) : [])].join('\n  '))
  } else if (action === 'down') {
    if (isThere) await stand.down(directory)
    console.log(`${name} is down`)
  } else {
    const missing = missingComponent(stand.component)
    if (missing === undefined) {
      mkdirSync(home, { recursive: true })
      console.log((await stand.up(directory)).join('\n'))
    } else {
      console.error(missing)
      process.exitCode = 1
    }
  }
}

function says(name: string, runs: boolean, where: string): string {
  return `${name} ${runs ? 'runs' : 'is stopped'}: ${where}`
}

function statusOf(host: SystemdHost): string {
  return says(host.name, host.running(), `${host.user}@${host.address}:${String(host.port)}`)
}

function entrance(host: SystemdHost): string[] {
  const { name, keyFile, port, user, address } = host
  return [
    `${name}: ssh -i ${keyFile} -p ${String(port)} ${user}@${address}`,
    `  host key ${host.hostFingerprint}`,
    `  ${host.adminUser} may use sudo with ${host.adminPassword}`,
  ]
}
