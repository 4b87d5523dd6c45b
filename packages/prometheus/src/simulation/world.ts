type Labels = Readonly<Record<string, string>>

/** A scrape target of a pretend Prometheus; one with an error is down. */
export interface SimulatedTarget {
  job: string
  instance: string
  labels?: Labels
  error?: string
  /** The instance label when not given. */
  address?: string
}

/** One series; its value is made up from these numbers and the time. */
export interface SimulatedSeries {
  labels: Labels
  value: number
  /** How far it goes up and down in a day. */
  swing?: number
  /** How fast a counter grows. */
  perSecond?: number
}

/** One metric with all its series. */
export interface SimulatedMetric {
  name: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  help: string
  unit?: string
  series: readonly SimulatedSeries[]
}

/** One alert of a rule. */
export interface SimulatedAlert {
  labels?: Labels
  /** `firing` when not given. */
  state?: 'firing' | 'pending'
  minutes: number
  value: number
  summary?: string
}

/** One rule; a recording one has no alerts. */
export interface SimulatedRule {
  name: string
  group: string
  query: string
  /** `alerting` when not given. */
  type?: 'alerting' | 'recording'
  forSeconds?: number
  severity?: string
  /** Why it cannot be evaluated. */
  error?: string
  alerts?: readonly SimulatedAlert[]
}

/** One silence. */
export interface SimulatedSilence {
  id: string
  matchers: readonly string[]
  author: string
  comment: string
  /** Until it ends; negative where it has ended. */
  hours: number
}

/** All a pretend Prometheus and its Alertmanager know at the start. */
export interface PrometheusWorld {
  version?: string
  alertmanagerVersion?: string
  /** ISO 8601: when the story takes place. */
  now?: string
  /** Labels every alert gains on its way to the Alertmanager. */
  externalLabels?: Labels
  targets: readonly SimulatedTarget[]
  metrics?: readonly SimulatedMetric[]
  rules?: readonly SimulatedRule[]
  silences?: readonly SimulatedSilence[]
  /** What expressions beyond plain selectors answer. */
  answers?: Readonly<Record<string, readonly SimulatedSeries[]>>
}

const gigabyte = 1_000_000_000
const nodes = [
  { instance: 'shelf:9100', job: 'node' },
  { instance: 'attic:9100', job: 'node' },
]

/** A small Prometheus: enough of everything to see each tool do something. */
export const defaultWorld: PrometheusWorld = {
  externalLabels: { site: 'home' },
  targets: [
    { job: 'prometheus', instance: 'localhost:9090' },
    { job: 'node', instance: 'shelf:9100', labels: { hostname: 'shelf' }, address: '10.20.0.11:9100' },
    { job: 'node', instance: 'attic:9100', labels: { hostname: 'attic' }, address: '10.20.0.12:9100' },
    {
      job: 'printer',
      instance: '10.20.0.40:9116',
      error: 'Get "http://10.20.0.40:9116/metrics": dial tcp 10.20.0.40:9116: connect: no route to host',
    },
  ],
  metrics: [
    {
      name: 'node_load1',
      type: 'gauge',
      help: '1m load average.',
      series: [
        { labels: nodes[0] ?? {}, value: 0.7, swing: 0.4 },
        { labels: nodes[1] ?? {}, value: 2.4, swing: 1.9 },
      ],
    },
    {
      name: 'node_filesystem_avail_bytes',
      type: 'gauge',
      help: 'Filesystem space available to non-root users in bytes.',
      unit: 'bytes',
      series: nodes.flatMap((node, index) => [
        { labels: { ...node, mountpoint: '/', fstype: 'ext4' }, value: (18 + index * 9) * gigabyte, swing: gigabyte },
        { labels: { ...node, mountpoint: '/srv', fstype: 'ext4' }, value: (3 + index * 400) * gigabyte, swing: gigabyte / 2 },
      ]),
    },
    {
      name: 'node_cpu_seconds_total',
      type: 'counter',
      help: 'Seconds the CPUs spent in each mode.',
      unit: 'seconds',
      series: nodes.flatMap((node) =>
        ['idle', 'system', 'user'].map((mode, index) => ({
          labels: { ...node, cpu: '0', mode },
          value: 900_000 / (index + 1),
          perSecond: 0.8 / (index + 1),
        })),
      ),
    },
    {
      name: 'http_request_duration_seconds_bucket',
      type: 'histogram',
      help: 'Latency of requests.',
      series: ['0.1', '1', '+Inf'].map((le, index) => ({
        labels: { job: 'prometheus', instance: 'localhost:9090', le },
        value: 40_000 + index * 900,
        perSecond: 2,
      })),
    },
  ],
  rules: [
    {
      name: 'DiskAlmostFull',
      group: 'disks',
      query: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05',
      forSeconds: 600,
      severity: 'critical',
      alerts: [
        {
          labels: { instance: 'shelf:9100', job: 'node', mountpoint: '/srv' },
          minutes: 95,
          value: 0.031,
          summary: '/srv on shelf has 3 % left',
        },
      ],
    },
    {
      name: 'TargetDown',
      group: 'availability',
      query: 'up == 0',
      forSeconds: 300,
      severity: 'warning',
      alerts: [{ labels: { instance: '10.20.0.40:9116', job: 'printer' }, minutes: 2880, value: 0, summary: 'The printer is off' }],
    },
    {
      name: 'HighLoad',
      group: 'availability',
      query: 'node_load1 > 4',
      forSeconds: 900,
      severity: 'info',
      alerts: [{ labels: { instance: 'attic:9100', job: 'node' }, state: 'pending', minutes: 4, value: 4.3, summary: 'attic is busy' }],
    },
    {
      name: 'BackupTooOld',
      group: 'backup',
      query: 'time() - backup_last_success_timestamp_seconds > 2 * 86400',
      severity: 'warning',
      alerts: [{ labels: { repository: 'photos' }, minutes: 700, value: 231_000, summary: 'photos was last backed up 2.7 days ago' }],
    },
    {
      name: 'Watchdog',
      group: 'meta',
      query: 'vector(1)',
      severity: 'none',
      alerts: [{ minutes: 20_000, value: 1, summary: 'Always fires' }],
    },
    {
      name: 'instance:load:ratio',
      group: 'recorded',
      type: 'recording',
      query: 'node_load1 / on (instance) node_cpu_count',
      error: 'found duplicate series for the match group {instance="attic:9100"} on the right hand-side of the operation',
    },
    { name: 'job:up:count', group: 'recorded', type: 'recording', query: 'count by (job) (up)' },
  ],
  silences: [
    {
      id: '5f0c1a52-7c1d-4d0e-9f0a-1d6f1f2b7a01',
      matchers: ['alertname="BackupTooOld"', 'repository="photos"'],
      author: 'sam',
      comment: 'moving the photos this week',
      hours: 60,
    },
    {
      id: '0b7e6d11-93b3-4f0e-8a55-3f4cb1a9c802',
      matchers: ['alertname="HighLoad"'],
      author: 'sam',
      comment: 'reindexing',
      hours: -5,
    },
  ],
  answers: {
    'count by (job) (up)': [
      { labels: { job: 'node' }, value: 2 },
      { labels: { job: 'printer' }, value: 1 },
      { labels: { job: 'prometheus' }, value: 1 },
    ],
    'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))': [
      { labels: { instance: 'shelf:9100' }, value: 0.42, swing: 0.2 },
      { labels: { instance: 'attic:9100' }, value: 1.31, swing: 0.9 },
    ],
  },
}
