import { summaryOf } from '../alert-facts.ts'
import { allSeries, evaluate, type Refused } from './expression.ts'
import type { SimulatedMonitor } from './monitor.ts'

const zero = '0001-01-01T00:00:00Z'
const sampleSeconds = 60

/** What the pretend Prometheus says to one request: the data, or why there is none. */
export type Answer = { data: unknown } | { status: number; errorType: string; error: string }

/** Answers one path below `/api/v1/`; undefined where there is no such endpoint. */
export function prometheusAnswer(monitor: SimulatedMonitor, path: string, query: URLSearchParams): Answer | undefined {
  switch (path) {
    case 'query':
      return instant(monitor, query)
    case 'query_range':
      return range(monitor, query)
    case 'status/buildinfo':
      return { data: { version: monitor.world.version, revision: '', branch: 'HEAD', buildUser: '', buildDate: '', goVersion: 'go1.24.4' } }
    case 'targets':
      return { data: targets(monitor) }
    case 'alerts':
      return { data: { alerts: monitor.alerts().map((alert) => alertOf(monitor, alert)) } }
    case 'rules':
      return { data: { groups: groups(monitor) } }
    case 'metadata':
      return {
        data: Object.fromEntries(
          monitor.world.metrics.map(({ name, type, help, unit = '' }) => [name.replace(/_bucket$/, ''), [{ type, help, unit }]]),
        ),
      }
    case 'label/__name__/values':
      return { data: [...new Set(allSeries(monitor).map(({ metric }) => metric))].toSorted() }
    case 'labels':
      return labelNames(monitor, query.getAll('match[]'))
    case 'alertmanagers':
      return { data: { activeAlertmanagers: [{ url: 'http://alertmanager.simulated:9093/api/v2/alerts' }], droppedAlertmanagers: [] } }
    default:
      return undefined
  }
}

function instant(monitor: SimulatedMonitor, query: URLSearchParams): Answer {
  const time = Number(query.get('time') ?? monitor.now / 1000)
  const result = evaluate(monitor, query.get('query') ?? '', time)
  if (result.type === 'error') return refusal(result)
  if (result.type === 'vector')
    return { data: { resultType: 'vector', result: result.rows.map(({ metric, value }) => ({ metric, value: [time, value.toString()] })) } }
  if (result.type !== 'matrix') return { data: { resultType: result.type, result: [time, result.value] } }
  const series = result.rows.map(({ metric, seconds, valueAt }) => ({
    metric,
    values: times(time - seconds + sampleSeconds, time, sampleSeconds).map((at) => [at, valueAt(at).toString()]),
  }))
  return { data: { resultType: 'matrix', result: series } }
}

const mostPoints = 11_000

function range(monitor: SimulatedMonitor, query: URLSearchParams): Answer {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(query.get(name)))
  if (start === undefined || end === undefined || step === undefined || !(step > 0) || end < start)
    return { status: 400, errorType: 'bad_data', error: 'invalid parameter "end": end timestamp must not be before start time' }
  if ((end - start) / step > mostPoints)
    return { status: 400, errorType: 'bad_data', error: 'exceeded maximum resolution of 11,000 points per timeseries.' }
  const series = new Map<string, { metric: Record<string, string>; values: [number, string][] }>()
  for (const time of times(start, end, step)) {
    const result = evaluate(monitor, query.get('query') ?? '', time)
    if (result.type === 'error') return refusal(result)
    if (result.type === 'matrix' || result.type === 'string')
      return {
        status: 400,
        errorType: 'bad_data',
        error: `invalid parameter "query": invalid expression type "${result.type === 'matrix' ? 'range vector' : 'string'}" for range query, must be Scalar or instant Vector`,
      }
    const rows: { metric: Record<string, string>; value: number }[] =
      result.type === 'vector' ? result.rows : [{ metric: {}, value: Number(result.value) }]
    for (const { metric, value } of rows) {
      const key = JSON.stringify(metric)
      const known = series.get(key) ?? { metric, values: [] }
      known.values.push([time, value.toString()])
      series.set(key, known)
    }
  }
  return { data: { resultType: 'matrix', result: [...series.values()] } }
}

function times(start: number, end: number, step: number): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step)
}

function refusal({ errorType, error }: Refused): Answer {
  return { status: errorType === 'bad_data' ? 400 : 422, errorType, error }
}

function targets({ world, now }: SimulatedMonitor) {
  return {
    activeTargets: world.targets.map(({ job, instance, labels = {}, error = '', address = instance }) => ({
      discoveredLabels: { __address__: address, __metrics_path__: '/metrics', __scheme__: 'http', job, ...labels },
      labels: { instance, job, ...labels },
      scrapePool: job,
      scrapeUrl: `http://${address}/metrics`,
      globalUrl: `http://${address}/metrics`,
      lastError: error,
      lastScrape: new Date(now - 7000).toISOString(),
      lastScrapeDuration: 0.012,
      health: error === '' ? 'up' : 'down',
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    })),
    droppedTargets: [],
    droppedTargetCounts: {},
  }
}

function alertOf({ now }: SimulatedMonitor, { given, labels }: ReturnType<SimulatedMonitor['alerts']>[number]) {
  return {
    labels,
    annotations: given.summary === undefined ? {} : { summary: summaryOf({ summary: given.summary }) },
    state: given.state ?? 'firing',
    activeAt: new Date(now - given.minutes * 60_000).toISOString(),
    value: given.value.toString(),
  }
}

function groups({ world }: SimulatedMonitor) {
  const names = [...new Set(world.rules.map(({ group }) => group))]
  return names.map((name) => ({
    name,
    file: `/etc/prometheus/rules/${name}.yml`,
    interval: 15,
    limit: 0,
    evaluationTime: 0.001,
    lastEvaluation: zero,
    rules: world.rules
      .filter(({ group }) => group === name)
      .map(({ type = 'alerting', query, error, forSeconds = 0, severity, alerts = [], ...rule }) => ({
        type,
        name: rule.name,
        query,
        health: error === undefined ? 'ok' : 'err',
        ...(error === undefined ? {} : { lastError: error }),
        evaluationTime: 0.0004,
        lastEvaluation: zero,
        labels: severity === undefined ? {} : { severity },
        ...(type === 'recording'
          ? {}
          : {
              duration: forSeconds,
              keepFiringFor: 0,
              annotations: {},
              alerts: [],
              state: stateOf(alerts.map(({ state }) => state ?? 'firing')),
            }),
      })),
  }))
}

function stateOf(states: readonly string[]): string {
  return states.includes('firing') ? 'firing' : states.includes('pending') ? 'pending' : 'inactive'
}

function labelNames(monitor: SimulatedMonitor, selectors: readonly string[]): Answer {
  const found = selectors.map((selector) => evaluate(monitor, selector, monitor.now / 1000))
  const failed = found.find((result) => result.type === 'error')
  if (failed !== undefined) return refusal(failed)
  const rows = found.flatMap((result) => (result.type === 'vector' ? result.rows : []))
  return { data: [...new Set(rows.flatMap(({ metric }) => Object.keys(metric)))].toSorted() }
}
