import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import prometheus, { type PrometheusWorld } from '../src/index.ts'
import { openMonitor } from './monitor.ts'

type Rows = Record<string, Record<string, unknown>[]>

const many = (count: number): PrometheusWorld => ({
  targets: [],
  metrics: [
    {
      name: 'requests_in_flight',
      type: 'gauge',
      help: 'Requests under way.',
      series: Array.from({ length: count }, (_, index) => ({
        labels: { namespace: `space-${index % 8}`, pod: `pod-${index}`, job: 'apps' },
        value: index,
        swing: 0.5,
      })),
    },
  ],
})

test('an instant query gives the largest values first, and says what tells the others apart', async () => {
  const { read } = await openMonitor()
  expect(await read('query', { query: 'node_filesystem_avail_bytes{fstype=~"ext.*"}', limit: 2, at: '2026-06-01T08:00:00Z' }))
    .toMatchInlineSnapshot(`
    {
      "next_cursor": "2",
      "note": "2 of 4 series; for fewer, add matchers, aggregate with sum by (…) (…), or keep the largest with topk(10, …). They differ by instance (2 values), mountpoint (2 values).",
      "series": [
        {
          "series": "node_filesystem_avail_bytes{fstype="ext4", instance="attic:9100", job="node", mountpoint="/srv"}",
          "value": 403458657988,
        },
        {
          "series": "node_filesystem_avail_bytes{fstype="ext4", instance="attic:9100", job="node", mountpoint="/"}",
          "value": 26001122859,
        },
      ],
      "total": 4,
      "warnings": undefined,
    }
  `)
})

test('scalars, strings and ranges of samples are shown, too', async () => {
  const { read } = await openMonitor()
  expect(await read('query', { query: 'time()' })).toMatchObject({ total: 1, series: [{ series: 'scalar', value: 1_780_304_400 }] })
  expect(await read('query', { query: '"hello"' })).toMatchObject({ series: [{ series: 'string', value: 'hello' }] })
  expect(await read('query', { query: 'up{job="printer"}[5m]' })).toMatchObject({
    note: expect.stringContaining('query_range'),
    series: [{ series: 'up{instance="10.20.0.40:9116", job="printer"} @ 2026-06-01T09:00:00Z', value: 0 }],
  })
})

test('numbers that are none, native histograms, quoted names, warnings and infos are told', async () => {
  const result = [
    { metric: { __name__: 'a' }, value: [1, 'NaN'] },
    { metric: { __name__: 'b' }, value: [1, '+Inf'] },
    { metric: { __name__: 'http.server.duration', 'service.name': 'web' }, value: [1, '0.25'] },
    { metric: { job: 'api' }, histogram: [1, { count: '7', sum: '2.5', buckets: [] }] },
  ]
  const { read } = await openMonitor(undefined, {
    answer: () =>
      Response.json({
        status: 'success',
        data: { resultType: 'vector', result },
        warnings: ['partial'],
        infos: ['name may not be a counter'],
      }),
  })
  expect(await read('query', { query: 'x' })).toEqual({
    total: 4,
    warnings: 'partial; name may not be a counter',
    series: [
      { series: 'b', value: '+Inf' },
      { series: '{job="api"}', value: 'histogram: count 7, sum 2.5' },
      { series: '{"http.server.duration", "service.name"="web"}', value: 0.25 },
      { series: 'a', value: 'NaN' },
    ],
  })
})

test('a query that finds nothing says where the names are', async () => {
  const { read } = await openMonitor()
  for (const name of ['query', 'query_range'])
    expect(await read(name, { query: 'node_lod1' })).toMatchObject({
      total: 0,
      series: [],
      note: expect.stringContaining('search_metrics'),
    })
})

test('what Prometheus says of a wrong expression is passed on with its place', async () => {
  const { read } = await openMonitor()
  await expect(read('query', { query: 'sum(up' })).rejects.toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      message: 'Prometheus cannot read the query: 1:7: parse error: unclosed left parenthesis',
    }),
  )
  await expect(read('query', { query: 'rate(up[5m])' })).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('this is a simulator') }),
  )
  const busy = await openMonitor(undefined, {
    answer: () =>
      Response.json({ status: 'error', errorType: 'timeout', error: 'query timed out in expression evaluation' }, { status: 503 }),
  })
  await expect(busy.read('query', { query: 'up' })).rejects.toThrow(expect.objectContaining({ code: 'timeout' }))
})

test('a stretch of time comes in at most 60 points with what tells of all', async () => {
  const { read, exchanges } = await openMonitor()
  const day = (await read('query_range', { query: 'node_load1', last: '1d' })) as Rows & { note: string; step: string; start: string }
  expect(day).toMatchObject({ total: 2, step: '24m25s', note: expect.stringContaining('means of 24m25s') })
  for (const { points, min, max, mean } of day['series'] ?? []) {
    expect(String(points).split(' ').length).toBeLessThanOrEqual(60)
    expect(Number(min)).toBeLessThan(Number(mean))
    expect(Number(max)).toBeGreaterThan(Number(mean))
  }
  expect(day['series']?.map(({ series }) => series)).toEqual([
    'node_load1{instance="attic:9100", job="node"}',
    'node_load1{instance="shelf:9100", job="node"}',
  ])
  const hour = await read('query_range', { query: 'node_load1', start: '2026-05-31T10:00:00Z', end: '2026-05-31T11:00:00Z' })
  expect(hour).toMatchObject({ step: '1m2s' })
  const asked = exchanges
    .map(({ target }) => Object.fromEntries(new URL(target, 'http://p').searchParams))
    .filter(({ step }) => step !== undefined)
  for (const { start, end, step } of asked) expect((Number(end) - Number(start)) / Number(step)).toBeLessThanOrEqual(1201)
})

test.each([
  [{ last: 'a while' }, 'last'],
  [{ last: '0s' }, 'last'],
  [{ start: 'yesterday' }, 'start'],
  [{ start: '2027-01-01T00:00:00Z' }, 'start is not before end'],
])('a stretch that is none is refused: %j', async (input, told) => {
  const { read } = await openMonitor()
  await expect(read('query_range', { query: 'up', ...input })).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(told) }),
  )
})

test('5,000 series stay within the budget, and the answer says how to ask for fewer', async () => {
  const lab = await openSimulatedLab(prometheus, { world: many(5000) })
  try {
    for (const [name, input] of [
      ['query', { query: 'requests_in_flight' }],
      ['query', { query: 'requests_in_flight', limit: 500 }],
      ['query_range', { query: 'requests_in_flight' }],
      ['query_range', { query: 'requests_in_flight', limit: 100 }],
    ] as const) {
      const { text } = await lab.call(name, input)
      expect(text.length).toBeLessThan(10_000)
      expect(text).toContain('of 5000 series')
      expect(text).toContain('topk(10, …)')
      expect(text).toContain('They differ by namespace (8 values), pod (5000 values)')
    }
  } finally {
    await lab.close()
  }
})

test('alerts come worst first, those that notify nobody after them', async () => {
  const { read } = await openMonitor()
  const listed = (await read('list_alerts')) as Rows
  expect(listed['alerts']?.map(({ alert, state, severity }) => [alert, state, severity].join(' '))).toEqual([
    'DiskAlmostFull firing critical',
    'TargetDown firing warning',
    'Watchdog firing none',
    'BackupTooOld silenced warning',
    'HighLoad pending info',
  ])
  expect(await read('list_alerts', { name: 'disk', severity: 'critical' })).toEqual({
    alerts: [
      {
        alert: 'DiskAlmostFull',
        state: 'firing',
        severity: 'critical',
        labels: 'instance="shelf:9100", job="node", mountpoint="/srv"',
        since: '2026-06-01T07:25:00Z',
        value: 0.031,
        summary: '/srv on shelf has 3 % left',
      },
    ],
  })
  expect(await read('list_alerts', { state: 'silenced' })).toMatchObject({
    alerts: [{ alert: 'BackupTooOld', silence: expect.stringMatching(/^5f0c/) }],
  })
})

test('alerts are listed without their Alertmanager, and the answer says what is not known', async () => {
  const { read } = await openMonitor(undefined, {
    answer: (target) => (target.startsWith('/alertmanager') ? new Response('bad gateway', { status: 502 }) : undefined),
  })
  expect(await read('list_alerts', { name: 'Backup' })).toMatchObject({
    note: expect.stringContaining('silenced or inhibited is not known: Alertmanager answered 502'),
    alerts: [{ alert: 'BackupTooOld', state: 'firing' }],
  })
})

test('targets come down first with the last error', async () => {
  const { read } = await openMonitor()
  const listed = (await read('list_targets')) as Rows
  expect(listed['targets']?.map(({ instance, state }) => [instance, state].join(' '))).toEqual([
    '10.20.0.40:9116 down',
    'attic:9100 up',
    'shelf:9100 up',
    'localhost:9090 up',
  ])
  expect(listed['targets']?.[0]).toMatchObject({
    error: expect.stringContaining('no route to host'),
    address: 'http://10.20.0.40:9116/metrics',
  })
  expect(await read('list_targets', { job: 'node', name: '10.20.0.12', state: 'up' })).toMatchObject({
    targets: [{ instance: 'attic:9100' }],
  })
})

test('metrics are found by words of name and help, and by type, with labels where there are few', async () => {
  const { read } = await openMonitor()
  expect(await read('search_metrics', { text: 'space filesystem' })).toEqual({
    total: 1,
    metrics: [
      {
        metric: 'node_filesystem_avail_bytes',
        type: 'gauge',
        unit: 'bytes',
        help: 'Filesystem space available to non-root users in bytes.',
        labels: 'fstype, instance, job, mountpoint',
      },
    ],
  })
  expect(await read('search_metrics', { type: 'histogram' })).toMatchObject({
    metrics: [{ metric: 'http_request_duration_seconds_bucket' }],
  })
  expect(await read('search_metrics', { text: 'up' })).toMatchObject({ metrics: [{ metric: 'up', type: 'unknown' }] })
  const all = (await read('search_metrics')) as Rows
  expect(all['metrics']).toHaveLength(6)
  expect(all['metrics']?.some(({ labels }) => labels !== undefined)).toBe(false)
})

test('rules come with those that fail first, then those that fire', async () => {
  const { read } = await openMonitor()
  const listed = (await read('list_rules')) as Rows
  expect(listed['rules']?.map(({ rule, state }) => [rule, state].join(' '))).toEqual([
    'instance:load:ratio error',
    'BackupTooOld firing',
    'DiskAlmostFull firing',
    'TargetDown firing',
    'Watchdog firing',
    'HighLoad pending',
    'job:up:count recording',
  ])
  expect(await read('list_rules', { name: 'disks' })).toMatchObject({
    rules: [{ rule: 'DiskAlmostFull', for: '10m', severity: 'critical' }],
  })
  expect(await read('list_rules', { state: 'error' })).toMatchObject({ rules: [{ error: expect.stringContaining('duplicate series') }] })
})
