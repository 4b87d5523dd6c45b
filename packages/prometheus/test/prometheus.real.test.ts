import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { requireComponent, startPrometheus, type PrometheusStack } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import prometheus from '../src/index.ts'

const missing = requireComponent('prometheus')

type Rows = Record<string, Record<string, unknown>[]>

describe.skipIf(missing !== undefined)('a real Prometheus with its Alertmanager', () => {
  let stack: PrometheusStack
  let lab: SimulatedLab
  /** The same without a configured Alertmanager. */
  let unconfigured: SimulatedLab

  beforeAll(async () => {
    stack = await startPrometheus({
      ruleGroups: [
        {
          name: 'mishaps',
          rules: [
            {
              alert: 'TargetGone',
              expr: 'up == 0',
              labels: { severity: 'critical' },
              annotations: { summary: '{{ $labels.instance }} is gone' },
            },
            { alert: 'NotYet', expr: 'vector(1)', for: '1d', labels: { severity: 'info' } },
            { record: 'clash', expr: 'label_replace({__name__=~"node_memory_Mem.*"}, "__name__", "same", "", "")' },
          ],
        },
      ],
    })
    await stack.waitForAlert()
    lab = await openSimulatedLab(prometheus, { configuration: { url: stack.url, alertmanagerUrl: stack.alertmanagerUrl } })
    unconfigured = await openSimulatedLab(prometheus, { configuration: { url: stack.url, alertmanagerUrl: undefined } })
    await until(async () => (await done('list_alerts', { state: 'firing' }))['alerts']?.length === 2)
    await until(async () =>
      (await done('query', { query: 'count_over_time(node_load1[1m])' }))['series']?.some(({ value }) => Number(value) > 5),
    )
  })

  afterAll(async () => {
    await lab?.close()
    await unconfigured?.close()
    await stack?.down()
  })

  async function until(condition: () => Promise<boolean | undefined>): Promise<void> {
    while ((await condition()) !== true) await new Promise((resolve) => setTimeout(resolve, 200))
  }

  async function done(name: string, input: Record<string, unknown> = {}, on = lab): Promise<Rows> {
    const result = await on.call(name, input)
    expect(result).toMatchObject({ kind: 'done' })
    return result.kind === 'done' ? (result.output as Rows) : {}
  }

  async function failed(name: string, input: Record<string, unknown>) {
    const result = await lab.call(name, input)
    expect(result).toMatchObject({ kind: 'error' })
    return result.kind === 'error' ? result.error : undefined
  }

  async function confirmed(name: string, input: Record<string, unknown>, on = lab) {
    const planned = await on.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    return on.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }

  const health = async (on = lab) => (await done('service_health', {}, on))['services']?.[0]

  test('every read answers, and says what is wrong where its input is', async () => {
    expect((await done('query', { query: 'up' }))['series']).toMatchObject([{ value: 1 }, { value: 1 }, { value: 0 }])
    expect(await done('query', { query: 'vector(NaN)' })).toMatchObject({ series: [{ series: '{}', value: 'NaN' }] })
    expect(await done('query', { query: 'scalar(vector(7))' })).toMatchObject({ series: [{ series: 'scalar', value: 7 }] })
    expect(await failed('query', { query: 'sum by (job (up)' })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/cannot read the query: 1:\d+: parse error/),
    })
    expect(await failed('query', { query: 'up * on(job) group_left() node_cpu_seconds_total' })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('many-to-many'),
    })

    const [load] = (await done('query_range', { query: 'node_load1', last: '10m' }))['series'] ?? []
    expect(load).toMatchObject({ min: expect.any(Number), max: expect.any(Number), mean: expect.any(Number), last: expect.any(Number) })
    expect(await failed('query_range', { query: 'up[5m]' })).toMatchObject({ code: 'invalid_input' })
    expect(await failed('query_range', { query: 'up', last: 'ages' })).toMatchObject({ code: 'invalid_input' })

    expect((await done('list_alerts'))['alerts']).toMatchObject([
      { alert: 'TargetGone', state: 'firing', severity: 'critical', summary: `${stack.deadAddress} is gone` },
      { alert: 'LabAlwaysFiring', state: 'firing', severity: 'warning' },
      { alert: 'NotYet', state: 'pending', severity: 'info' },
    ])
    expect(await failed('list_alerts', { state: 'loud' })).toMatchObject({ code: 'invalid_input' })

    expect((await done('list_targets'))['targets']?.[0]).toMatchObject({
      instance: stack.deadAddress,
      job: 'gone',
      state: 'down',
      error: expect.stringContaining('refused'),
    })
    expect(await failed('list_targets', { cursor: 'x' })).toMatchObject({ code: 'invalid_input' })

    expect(await done('search_metrics', { text: 'load 1m average' })).toMatchObject({
      metrics: [{ metric: 'node_load1', type: 'gauge', labels: 'instance, job' }],
    })
    expect(await failed('search_metrics', { type: 'tape' })).toMatchObject({ code: 'invalid_input' })

    expect((await done('list_rules'))['rules']?.[0]).toMatchObject({
      rule: 'clash',
      state: 'error',
      error: expect.stringContaining('same labelset'),
    })
    expect(await failed('list_rules', { limit: 0 })).toMatchObject({ code: 'invalid_input' })
    expect(await failed('list_silences', { state: 'gone' })).toMatchObject({ code: 'invalid_input' })
  })

  test('two thousand series of a real one stay within the budget', async () => {
    const { text } = await lab.call('query', { query: '{__name__=~".+"}', limit: 500 })
    expect(text.length).toBeLessThan(10_000)
    expect(text).toMatch(/500 of \d+ series.*metric name \(\d+ values\)/)
  })

  test('what is wrong is found, and the alert on a dead target stands under it', async () => {
    expect((await done('needs_attention'))['findings']?.map(({ id }) => id)).toEqual([
      `prometheus/target/gone/${stack.deadAddress}#down`,
      'prometheus/alert/LabAlwaysFiring#firing',
      'prometheus/rule/mishaps/clash#error',
    ])
  })

  test('a silence is made, seen, ended and put back', async () => {
    const input = { alert: 'LabAlwaysFiring', duration: '30m', reason: 'known and harmless' }
    const made = await confirmed('silence_alert', input)
    expect(made).toMatchObject({ kind: 'done', output: { alerts: 1, matchers: 'alertname="LabAlwaysFiring"' } })
    const silence = made.kind === 'done' ? (made.output as { silence: string }).silence : ''
    expect((await done('list_silences'))['silences']).toMatchObject([{ silence, state: 'active', alerts: 1, author: 'rackwarden' }])
    expect((await done('list_alerts', { name: 'Lab' }))['alerts']).toMatchObject([{ state: 'silenced', silence }])
    expect((await done('needs_attention'))['findings']?.some(({ id }) => String(id).includes('LabAlwaysFiring'))).toBe(false)

    expect(await confirmed('expire_silence', { silence })).toMatchObject({ kind: 'done', output: { state: 'expired' } })
    expect((await done('list_silences'))['silences']).toEqual([])
    expect((await done('list_silences', { state: 'expired' }))['silences']).toMatchObject([{ silence }])
    expect((await done('list_alerts', { name: 'Lab' }))['alerts']).toMatchObject([{ state: 'firing' }])
    expect((await lab.call('expire_silence', { silence })).text).toContain('nothing to change')
  })

  test('a pattern is read by the Alertmanager itself', async () => {
    const input = { matchers: ['alertname=~"(?i)lab.*"', 'severity!="critical"'], duration: '5m', reason: 'a pattern' }
    const made = await confirmed('silence_alert', input)
    expect(made).toMatchObject({ kind: 'done', output: { alerts: 1 } })
    const { silence } = made.kind === 'done' ? (made.output as { silence: string }) : { silence: '' }
    expect(await confirmed('expire_silence', { silence })).toMatchObject({ kind: 'done' })
  })

  test('what a write may not do is told before anything happens', async () => {
    const reason = 'quiet please'
    expect(await failed('silence_alert', { alert: 'LabAlwaysFirin', duration: '1h', reason })).toMatchObject({
      code: 'not_found',
      hint: 'Did you mean LabAlwaysFiring?',
    })
    expect(await failed('silence_alert', { matchers: ['alertname=~".*"'], duration: '1h', reason })).toMatchObject({
      code: 'invalid_input',
    })
    expect(await failed('silence_alert', { alert: 'LabAlwaysFiring', duration: '30d', reason })).toMatchObject({ code: 'invalid_input' })
    expect(await failed('expire_silence', { silence: 'no-such-silence' })).toMatchObject({ code: 'not_found' })
    expect((await done('list_silences'))['silences']).toEqual([])
  })

  test('without one configured, the Alertmanager Prometheus names is used', async () => {
    expect(await health(unconfigured)).toMatchObject({
      status: 'ok',
      evidence: expect.stringMatching(/2 of 3 targets up, 2 alerts firing; Alertmanager \d/),
    })
    const made = await confirmed('silence_alert', { alert: 'TargetGone', duration: '5m', reason: 'being repaired' }, unconfigured)
    expect(made).toMatchObject({ kind: 'done', output: { alerts: 1 } })
    const { silence } = made.kind === 'done' ? (made.output as { silence: string }) : { silence: '' }
    expect(await confirmed('expire_silence', { silence }, unconfigured)).toMatchObject({ kind: 'done' })
  })

  test('a stopped Alertmanager degrades, a stopped Prometheus is down, and both come back by themselves', async () => {
    expect(await health()).toMatchObject({
      status: 'ok',
      evidence: expect.stringMatching(/2 of 3 targets up, 2 alerts firing; Alertmanager \d/),
    })
    await stack.stop('alertmanager')
    expect(await health()).toMatchObject({ status: 'degraded', evidence: expect.stringContaining('Alertmanager does not answer') })
    expect(await health(unconfigured)).toMatchObject({ status: 'ok', evidence: expect.stringContaining('Alertmanager does not answer') })
    expect(await done('list_alerts')).toMatchObject({ note: expect.stringContaining('not known') })
    expect(await failed('list_silences', {})).toMatchObject({ code: 'unreachable' })
    expect((await done('needs_attention'))['findings']?.[0]).toMatchObject({ target: 'prometheus/alertmanager/alertmanager' })
    await stack.start('alertmanager')
    expect(await health()).toMatchObject({ status: 'ok' })

    stack.hang('alertmanager')
    try {
      expect(await health()).toMatchObject({ status: 'degraded' })
    } finally {
      stack.resume('alertmanager')
    }

    await stack.stop('prometheus')
    expect(await health()).toMatchObject({ status: 'down', evidence: expect.stringContaining('unreachable') })
    expect(await failed('query', { query: 'up' })).toMatchObject({ code: 'unreachable' })
    await stack.start('prometheus')
    expect(await health()).toMatchObject({ status: 'ok' })
    expect((await done('query', { query: 'up' }))['series']).toHaveLength(3)
  })
})
