import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const file = (name: string) => readFileSync(fileURLToPath(new URL(`../../../examples/grafana/${name}`, import.meta.url)), 'utf8')

/** A panel of the dashboard, as far as its tests look. */
export interface Panel {
  id: number
  type: string
  title: string
  gridPos: { h: number; w: number; x: number; y: number }
  datasource?: { uid: string }
  fieldConfig?: { defaults: { unit?: string } }
  targets?: { refId: string; expr: string; datasource: { uid: string } }[]
}

/** The dashboard of the examples. */
export const dashboard = JSON.parse(file('rackwarden.json')) as {
  panels: Panel[]
  annotations: { list: { expr: string }[] }
  templating: { list: { name: string; definition?: string }[] }
}

/** The job of the examples. */
export const scrapeJob = (parse(file('prometheus.yml')) as { scrape_configs: Record<string, unknown>[] }).scrape_configs[0] ?? {}

/** Every expression of the dashboard. */
export const expressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
]

/** An expression as Grafana would send it. */
export function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m').replaceAll('$job', '.+')
}

const words = new Set([
  'or',
  'and',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'offset',
  'inf',
  'nan',
])

/** The metrics an expression asks for. */
export function metricsIn(expression: string): string[] {
  const bare = filledIn(expression)
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
  return [...bare.matchAll(/[a-z_:][\w:]*(?!\w*\s*\()/gi)].map(([name]) => name).filter((name) => !words.has(name.toLowerCase()))
}

/** The labels an expression tells series apart by, or chooses them by. */
export function labelsIn(expression: string): string[] {
  const grouped = [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
  const matched = [...expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => name)
  return [...new Set([...grouped, ...matched])]
}
