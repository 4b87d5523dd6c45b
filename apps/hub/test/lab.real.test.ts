import { once } from 'node:events'
import {
  failUnit,
  fillDisk,
  requireComponent,
  startDockerEngine,
  startHostPair,
  startPrometheus,
  type DockerEngine,
  type HostPair,
  type PrometheusStack,
} from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configureHosts, serveHub, type ServedHub } from './real-lab.ts'
import { openProcesses, type Processes } from './rackwarden-process.ts'

const missing = ['docker', 'host', 'prometheus'].map(requireComponent).find((reason) => reason !== undefined)

interface Health {
  status: string
  services: { service: string; instance: string; status: string; latency_ms: number; evidence: string }[]
}

interface Findings {
  findings: { id: string; severity: string; target: string; title: string; next?: string }[]
}

describe.skipIf(missing !== undefined)('one hub on a lab of real systems', () => {
  let engine: DockerEngine
  let pair: HostPair
  let metrics: PrometheusStack
  let processes: Processes
  let served: ServedHub

  beforeAll(async () => {
    ;[engine, pair, metrics] = await Promise.all([
      startDockerEngine(),
      startHostPair(),
      startPrometheus({ deadTarget: false, nodeLabels: { instance: 'nas-1:9100' } }),
    ])
    await engine.importBusybox()
    await createContainer('web', { Cmd: ['sleep', '600'] })
    processes = await openProcesses({ RACKWARDEN_TIER: 'operate' })
    await configureHosts(processes, pair, {
      docker: { url: `unix://${engine.socketPath}` },
      prometheus: { url: metrics.url, alertmanagerUrl: metrics.alertmanagerUrl },
    })
    served = await serveHub(processes)
  }, 300_000)

  afterAll(async () => {
    await served?.client.close()
    await processes?.close()
    await Promise.all([engine?.down(), pair?.down(), metrics?.down()])
  }, 120_000)

  async function createContainer(name: string, options: Record<string, unknown>): Promise<void> {
    const settings = { Image: 'busybox:test', HostConfig: { NetworkMode: 'none', Init: true }, ...options }
    expect((await engine.request('POST', `/containers/create?name=${name}`, settings)).status).toBe(201)
    expect((await engine.request('POST', `/containers/${name}/start`)).status).toBe(204)
  }

  /** The typed answer of the same tool, from the command line beside the hub. */
  async function read<Output>(name: string, ...input: string[]): Promise<Output> {
    const { stdout, stderr } = await processes.rackwarden('call', name, ...input, '--json')
    expect(stderr).not.toContain('error:')
    return (JSON.parse(stdout) as { output: Output }).output
  }

  const standing = async () =>
    Object.fromEntries(
      (await read<Health>('service_health')).services.map(({ service, instance, status }) => [
        instance === 'default' ? service : instance,
        status,
      ]),
    )
  const allWell = { docker: 'ok', prometheus: 'ok', 'nas-1': 'ok', 'nas-2': 'ok' }

  test('four instances are healthy', async () => {
    expect(await standing()).toEqual(allWell)
    expect(await served.call('service_health')).toMatch(/^status: ok/)
  })

  test.each([
    ['docker', () => engine.stop(), () => engine.start(), { ...allWell, docker: 'down' }],
    ['nas-2', () => pair.behind.stop({ abruptly: true }), () => pair.behind.start(), { ...allWell, 'nas-2': 'down' }],
    ['prometheus', () => metrics.stop('prometheus'), () => metrics.start('prometheus'), { ...allWell, prometheus: 'down' }],
    ['alertmanager', () => metrics.stop('alertmanager'), () => metrics.start('alertmanager'), { ...allWell, prometheus: 'degraded' }],
  ])('with %s stopped exactly that is down, and it is well again without a restart of the hub', async (_, stop, start, expected) => {
    await stop()
    const during = await served.call('service_health')
    for (const [name, status] of Object.entries(expected))
      expect(during).toMatch(new RegExp(name.startsWith('nas') ? `linux \\| ${name} \\| ${status}` : `${name} \\| default \\| ${status}`))
    await start()
    const after = await served.call('service_health')
    expect(after).toMatch(/^status: ok/)
  })

  test('needs_attention finds exactly what is broken, ranked, each with the next call', async () => {
    await failUnit(pair.jump)
    await fillDisk(pair.behind, { path: '/mnt/full', percent: 97 })
    await createContainer('importer', {
      Cmd: ['sh', '-c', 'echo cannot reach the database; exit 3'],
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 1 } },
    })
    await metrics.waitForAlert()
    const { findings } = await read<Findings>('needs_attention')
    // How busy this machine is shows in its hosts, and is its own affair.
    const broken = findings.filter(({ id }) => !id.endsWith('#load'))
    expect(broken.map(({ severity, target }) => `${severity} ${target}`)).toEqual([
      'critical linux@nas-2/filesystem/mnt/full',
      'critical docker/container/importer',
      'warning linux@nas-1/unit/backup.service',
      'warning prometheus/alert/LabAlwaysFiring',
    ])
    for (const { next, target } of broken) {
      const [tool = '', ...input] = next?.split(' ') ?? []
      const answer = await processes.rackwarden('call', tool, ...input)
      expect(answer.exitCode, `${target}: ${next}: ${answer.stderr}`).toBe(0)
    }
  }, 60_000)

  test('find_asset joins a container, its engine and its host by name', async () => {
    const found = await served.call('find_asset', { query: 'web' })
    expect(found).toContain('docker/container/web')
    expect(found).toContain('docker/engine/')
  })

  test('find_asset joins a host and its metrics target by name and by address', async () => {
    for (const query of ['nas-1', pair.jump.networkAddress]) {
      const found = await served.call('find_asset', { query })
      expect(found).toContain('linux@nas-1/host/nas-1')
      expect(found).toContain('prometheus/target/node/nas-1:9100')
    }
  })

  test('the hub ends in order', async () => {
    await served.client.close()
    const ended = once(served.hub, 'exit')
    served.hub.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
