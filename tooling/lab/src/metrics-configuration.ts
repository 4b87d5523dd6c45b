import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a metrics stack scrapes and watches besides itself. */
export interface MetricsConfiguration {
  /** More things to scrape every second, each a job of its own. */
  targets?: readonly { job: string; address: string; labels?: Readonly<Record<string, string>> }[]
  /** More jobs, as Prometheus reads them. */
  scrapeConfigs?: readonly Readonly<Record<string, unknown>>[]
  /** Labels of the node exporter, such as the `instance` it is to be known by. */
  nodeLabels?: Readonly<Record<string, string>>
  /** Whether the job `gone` is there, which scrapes an address where nothing listens; it is unless told otherwise. */
  deadTarget?: boolean
  /** More rule groups, as Prometheus reads them. */
  ruleGroups?: readonly { name: string; rules: readonly Readonly<Record<string, unknown>>[] }[]
}

/** Where each process of a stack listens, and where nothing does. */
export interface MetricsPorts {
  prometheus: number
  alertmanager: number
  'node-exporter': number
  dead: number
}

const alwaysFiring = {
  name: 'lab',
  rules: [
    {
      alert: 'LabAlwaysFiring',
      expr: 'vector(1)',
      labels: { severity: 'warning' },
      annotations: { summary: 'This alert fires whatever happens.' },
    },
    { record: 'job:up:sum', expr: 'sum by (job) (up)' },
  ],
}

/** Writes what a stack reads at start; YAML is a superset of JSON. */
export function writeMetricsConfiguration(directory: string, ports: MetricsPorts, more: MetricsConfiguration): void {
  const write = (name: string, value: unknown) => writeFileSync(join(directory, name), JSON.stringify(value, null, 2))
  const job = (name: string, address: string, labels: Readonly<Record<string, string>> = {}) => ({
    job_name: name,
    static_configs: [{ targets: [address], labels }],
  })
  const local = (port: number) => `127.0.0.1:${String(port)}`
  mkdirSync(join(directory, 'prometheus'), { recursive: true })
  mkdirSync(join(directory, 'alertmanager'), { recursive: true })
  write('rules.yml', { groups: [alwaysFiring, ...(more.ruleGroups ?? [])] })
  write('prometheus.yml', {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(directory, 'rules.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [local(ports.alertmanager)] }] }] },
    scrape_configs: [
      job('prometheus', local(ports.prometheus)),
      job('node', local(ports['node-exporter']), more.nodeLabels),
      ...(more.deadTarget === false ? [] : [job('gone', local(ports.dead))]),
      ...(more.targets ?? []).map(({ job: name, address, labels }) => job(name, address, labels)),
      ...(more.scrapeConfigs ?? []),
    ],
  })
  write('alertmanager.yml', {
    route: { receiver: 'nobody', group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'nobody' }],
  })
}
