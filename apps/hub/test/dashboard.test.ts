import { createFileStore, measureCalls } from '@rackwarden/core/runtime'
import { openTokens, serveHttp } from '@rackwarden/server'
import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dashboard, expressions, labelsIn, metricsIn, scrapeJob, type Panel } from './dashboard.ts'
import { openLabHub } from './lab-hub.ts'

/** What a hub at work tells of itself. */
async function scraped(): Promise<string> {
  const { catalogue, call } = await openLabHub('operate')
  const { runtime } = catalogue
  onTestFinished(measureCalls(runtime))
  const server = await serveHttp({
    surface: catalogue,
    address: { host: '127.0.0.1', port: 0 },
    tier: 'operate',
    tokens: openTokens({ store: createFileStore(runtime.store.directory), clock: runtime.clock, random: randomBytes }),
    localPrincipal: 'local:tester',
    measures: runtime.measures,
    log: () => undefined,
  })
  onTestFinished(() => server.close())
  await call('service_health')
  await call('needs_attention')
  await call('docker_get_logs', { container: 'there is none' })
  const plan = await call('docker_restart_container', { container: 'jellyfin' })
  await call('docker_restart_container', { container: 'jellyfin', confirm: plan.kind === 'plan' ? plan.plan.confirm : '' })
  await (await fetch(new URL('/health', server.url))).text()
  return (await fetch(new URL('/metrics', server.url))).text()
}

describe('the dashboard', () => {
  test('asks only for what a hub tells, by labels it has', async () => {
    const text = await scraped()
    const samples = [...text.matchAll(/^([a-z_:]\w*)(?:\{(.*)\})? \S+$/gim)]
    const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name).concat(samples.map(([, name = '']) => name)))
    const labels = new Set(samples.flatMap(([, , own = '']) => [...own.matchAll(/(\w+)="/g)].map(([, name = '']) => name)))
    expect(expressions.length).toBeGreaterThan(30)
    expect(expressions.filter((expression) => metricsIn(expression).length === 0)).toEqual([])
    expect(expressions.flatMap(metricsIn).filter((name) => !names.has(name))).toEqual([])
    expect(expressions.flatMap(labelsIn).filter((label) => label !== 'job' && !labels.has(label))).toEqual([])
    const asked = new Set(expressions.flatMap(metricsIn).map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))
    const unasked = [...names].filter((name) => name.startsWith('rackwarden_') && !asked.has(name.replace(/_(?:bucket|sum|count)$/, '')))
    expect(unasked).toEqual(['rackwarden_instance_seen_timestamp_seconds'])
  })

  test('has panels that say what they show and in what, beside one another', () => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const shown = panels.filter(({ type }) => type !== 'row')
    const isWhole = ({ title, targets = [], datasource, fieldConfig }: Panel) =>
      title !== '' &&
      targets.length > 0 &&
      fieldConfig?.defaults.unit !== undefined &&
      [datasource, ...targets.map((target) => target.datasource)].every((one) => one?.uid === '${datasource}')
    expect(shown.filter((panel) => !isWhole(panel)).map(({ title }) => title)).toEqual([])
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })

  test('reads the names of metrics and labels out of an expression', () => {
    const expression = 'sum by (service, tool) (rate(some_total{job=~"$job", tool!="by (x)"}[5m])) / count(other_count == 0) or vector(0)'
    expect(metricsIn(expression)).toEqual(['some_total', 'other_count'])
    expect(labelsIn(expression)).toEqual(expect.arrayContaining(['service', 'tool', 'job']))
  })

  test('is fed by a job that brings a token', () => {
    expect(scrapeJob).toMatchObject({ metrics_path: '/metrics', authorization: { type: 'Bearer', credentials_file: expect.any(String) } })
  })
})
