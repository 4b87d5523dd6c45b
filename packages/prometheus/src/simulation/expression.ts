import { parseMatchers } from '../matchers.ts'
import { matchAll, type SimulatedMonitor } from './monitor.ts'
import { valueAt } from './samples.ts'
import type { SimulatedSeries } from './world.ts'

type Labels = Record<string, string>

/** What an expression comes to at one time. */
export type Evaluated = Result | Refused

type Result =
  | { type: 'vector'; rows: { metric: Labels; value: number }[] }
  | { type: 'matrix'; rows: { metric: Labels; seconds: number; valueAt: (time: number) => number }[] }
  | { type: 'scalar' | 'string'; value: string }

/** Why an expression comes to nothing. */
export interface Refused {
  type: 'error'
  errorType: 'bad_data' | 'execution'
  error: string
}

const selector = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(?:\{(.*)\})?\s*(?:\[(\d+)([smhd])\])?$/s
const matcherForm = /\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*/y
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Evaluates what this simulator can: selectors, numbers, strings, time() and the prepared expressions of its world. */
export function evaluate(monitor: SimulatedMonitor, expression: string, time: number): Evaluated {
  const text = expression.trim()
  if (text === 'time()') return { type: 'scalar', value: time.toString() }
  if (/^[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|Inf|NaN)$/i.test(text)) return { type: 'scalar', value: text }
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return { type: 'string', value: JSON.parse(text) as string }
  const prepared = Object.entries(monitor.world.answers).find(([known]) => spaceless(known) === spaceless(text))?.[1]
  if (prepared !== undefined) return { type: 'vector', rows: prepared.map((series) => row(text, series, series.labels, monitor, time)) }
  const selected = select(monitor, text, time)
  if (selected !== undefined) return selected
  const wrong = syntaxError(text)
  if (wrong !== undefined) return { type: 'error', errorType: 'bad_data', error: `invalid parameter "query": ${wrong}` }
  const known = Object.keys(monitor.world.answers).map((one) => `'${one}'`)
  return {
    type: 'error',
    errorType: 'execution',
    error: `this is a simulator: it evaluates selectors such as up{job="node"}, time(), and these expressions only: ${known.join(', ')}`,
  }
}

function select(monitor: SimulatedMonitor, text: string, time: number): Evaluated | undefined {
  const [whole, name, inner, amount, unit] = selector.exec(text) ?? []
  if (whole === undefined || (name === undefined && inner === undefined)) return undefined
  const conditions = matchersIn(inner ?? '')
  if (conditions === undefined) return undefined
  const matchers = parseMatchers([...conditions, ...(name === undefined ? [] : [`__name__="${name}"`])])
  const found = allSeries(monitor)
    .map(({ metric, series }) => ({ metric: { __name__: metric, ...series.labels }, name: metric, series }))
    .filter(({ metric }) => matchAll(matchers, metric))
  if (amount !== undefined && unit !== undefined) {
    const seconds = Number(amount) * (unitSeconds[unit] ?? 1)
    const at = (one: (typeof found)[number]) => (moment: number) => valueAt(one.name, one.series, moment, monitor.now / 1000)
    return { type: 'matrix', rows: found.map((one) => ({ metric: one.metric, seconds, valueAt: at(one) })) }
  }
  return { type: 'vector', rows: found.map(({ metric, name: own, series }) => row(own, series, metric, monitor, time)) }
}

function row(name: string, series: SimulatedSeries, metric: Readonly<Labels>, monitor: SimulatedMonitor, time: number) {
  return { metric: { ...metric }, value: valueAt(name, series, time, monitor.now / 1000) }
}

/** Every series there is: those of the metrics, and what Prometheus makes itself. */
export function allSeries({ world }: SimulatedMonitor): { metric: string; series: SimulatedSeries }[] {
  return [
    ...world.metrics.flatMap(({ name, series }) => series.map((one) => ({ metric: name, series: one }))),
    ...world.targets.map(({ job, instance, labels, error }) => ({
      metric: 'up',
      series: { labels: { instance, job, ...labels }, value: error === undefined ? 1 : 0 },
    })),
    ...alertSeries(world),
  ]
}

function alertSeries({ rules }: SimulatedMonitor['world']): { metric: string; series: SimulatedSeries }[] {
  return rules.flatMap(({ name, severity, alerts = [] }) =>
    alerts.map(({ labels, state = 'firing' }) => ({
      metric: 'ALERTS',
      series: {
        labels: { alertname: name, alertstate: state, ...(severity === undefined ? {} : { severity }), ...labels },
        value: 1,
      },
    })),
  )
}

function matchersIn(inner: string): string[] | undefined {
  const found: string[] = []
  let at = 0
  while (at < inner.trimEnd().length) {
    matcherForm.lastIndex = at
    const [one] = matcherForm.exec(inner) ?? []
    if (one === undefined) return undefined
    found.push(one)
    at += one.length
    if (inner[at] === ',') at += 1
    else if (at < inner.length) return undefined
  }
  return found
}

const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' }

/** What a parser would say first, for the slips that are made most. */
function syntaxError(text: string): string | undefined {
  const open: string[] = []
  if (text === '') return '1:1: parse error: no expression found in input'
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) => '_'.repeat(quoted.length))
  for (const [index, character] of Array.from(bare).entries()) {
    if (character === '"') return `1:${index + 1}: parse error: unterminated quoted string`
    if ('({['.includes(character)) open.push(character)
    else if (character in pairs && open.pop() !== pairs[character])
      return `1:${index + 1}: parse error: unexpected right parenthesis '${character}'`
  }
  if (open.at(-1) === '{') return `1:${text.length + 1}: parse error: unexpected end of input inside braces`
  if (open.length > 0) return `1:${text.length + 1}: parse error: unclosed left parenthesis`
  return /[-+*/%^=<>,]$/.test(text) ? `1:${text.length + 1}: parse error: unexpected end of input` : undefined
}

function spaceless(text: string): string {
  return text.replaceAll(/\s+/g, '')
}
