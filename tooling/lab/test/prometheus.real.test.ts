import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest'
import { requireComponent, requireNewestPrometheus, startPrometheus, type PrometheusStack } from '@rackwarden/lab'
import { setTimeout as sleep } from 'node:timers/promises'
import { tracesOf } from './traces.ts'

const missing = requireComponent('prometheus')
const newestMissing = missing ?? (await requireNewestPrometheus())

describe.skipIf(missing !== undefined)('a metrics stack of the lab', () => {
  let stack: PrometheusStack
  beforeAll(async () => {
    stack = await startPrometheus()
  })
  afterAll(() => stack.down())

  async function ask<Answer>(url: string): Promise<Answer> {
    return (await (await fetch(url, { signal: AbortSignal.timeout(5000) })).json()) as Answer
  }

  async function targets(): Promise<Record<string, string>> {
    const { data } = await ask<{ data: { activeTargets: { labels: { job: string }; health: string }[] } }>(`${stack.url}/api/v1/targets`)
    return Object.fromEntries(data.activeTargets.map(({ labels, health }) => [labels.job, health]))
  }

  test('scrapes itself, its exporter and what is gone', async ({ expect }) => {
    const known = async () => Object.values(await targets()).filter((health) => health !== 'unknown').length
    while ((await known()) < 3) await sleep(100)
    expect(await targets()).toEqual({ prometheus: 'up', node: 'up', gone: 'down' })
  })

  test('fires an alert that reaches its Alertmanager', async ({ expect }) => {
    await stack.waitForAlert()
    const alerts = await ask<{ labels: Record<string, string> }[]>(`${stack.alertmanagerUrl}/api/v2/alerts`)
    expect(alerts.map(({ labels }) => labels['alertname'])).toEqual(['LabAlwaysFiring'])
  })

  test('lets each process go and come back where it was', async ({ expect }) => {
    for (const [which, url] of [
      ['prometheus', `${stack.url}/-/ready`],
      ['alertmanager', `${stack.alertmanagerUrl}/-/ready`],
      ['node-exporter', `http://${stack.nodeExporterAddress}/`],
    ] as const) {
      await stack.stop(which)
      await expect(fetch(url)).rejects.toThrow()
      await stack.start(which)
      expect((await fetch(url)).status).toBe(200)
      stack.hang(which)
      await expect(fetch(url, { signal: AbortSignal.timeout(300) })).rejects.toThrow('timeout')
      stack.resume(which)
      expect((await fetch(url)).status).toBe(200)
    }
  })

  test('scrapes what it is told besides, and leaves nothing when it goes', async ({ expect }) => {
    const other = await startPrometheus({
      targets: [{ job: 'more', address: stack.nodeExporterAddress, labels: { rack: 'a' } }],
      ruleGroups: [{ name: 'more', rules: [{ record: 'job:up:max', expr: 'max by (job) (up)' }] }],
      nodeLabels: { instance: 'nas-1:9100' },
      deadTarget: false,
    })
    const { data } = await ask<{ data: { yaml: string } }>(`${other.url}/api/v1/status/config`)
    expect(data.yaml.match(/job_name: .*|instance: .*|rack: .*/g)).toEqual([
      'job_name: prometheus',
      'job_name: node',
      'instance: nas-1:9100',
      'job_name: more',
      'rack: a',
    ])
    expect(tracesOf(other.directory, 'none').length).toBeGreaterThan(2)
    await other.down()
    expect(tracesOf(other.directory, 'none')).toEqual([])
  })
})

describe.skipIf(newestMissing !== undefined)('the newest metrics stack of the lab', () => {
  test('is Prometheus 3 with an Alertmanager that forgot its first interface', async ({ expect }) => {
    const stack = await startPrometheus({ newest: true })
    onTestFinished(() => stack.down())
    await stack.waitForAlert()
    const build = (await (await fetch(`${stack.url}/api/v1/status/buildinfo`)).json()) as { data: { version: string } }
    expect(build.data.version).toMatch(/^3\./)
    expect((await fetch(`${stack.alertmanagerUrl}/api/v1/alerts`)).status).not.toBe(200)
    expect((await fetch(`${stack.alertmanagerUrl}/api/v2/alerts`)).status).toBe(200)
  })
})
