import { expect, test } from 'vitest'
import { openMonitor } from './monitor.ts'

/** What a call sent, decoded. */
async function sent(kind: 'read' | 'write', name: string, input: Record<string, unknown> = {}) {
  const monitor = await openMonitor()
  await monitor[kind](name, input)
  return monitor.exchanges.map(({ method, target }) => `${method} ${decodeURIComponent(target)}`)
}

test('each tool asks for no more than it needs', async () => {
  expect(await sent('read', 'query', { query: 'up', at: '2026-06-01T08:00:00Z' })).toMatchInlineSnapshot(`
    [
      "GET /api/v1/query?query=up&time=1780300800",
    ]
  `)
  expect(await sent('read', 'query_range', { query: 'node_load1', last: '2h' })).toMatchInlineSnapshot(`
    [
      "GET /api/v1/query?query=time()",
      "GET /api/v1/query_range?query=node_load1&start=1780297266&end=1780304400&step=123",
      "GET /api/v1/query_range?query=node_load1&start=1780297266&end=1780304400&step=6",
    ]
  `)
  expect(await sent('read', 'list_alerts')).toMatchInlineSnapshot(`
    [
      "GET /api/v1/alerts",
      "GET /alertmanager/api/v2/alerts",
    ]
  `)
  expect(await sent('read', 'list_targets')).toMatchInlineSnapshot(`
    [
      "GET /api/v1/targets?state=active",
    ]
  `)
  expect(await sent('read', 'search_metrics', { text: 'load1' })).toMatchInlineSnapshot(`
    [
      "GET /api/v1/label/__name__/values",
      "GET /api/v1/metadata",
      "GET /api/v1/labels?match[]={__name__="node_load1"}",
    ]
  `)
  expect(await sent('read', 'list_rules')).toMatchInlineSnapshot(`
    [
      "GET /api/v1/rules?exclude_alerts=true",
    ]
  `)
  expect(await sent('read', 'list_silences')).toMatchInlineSnapshot(`
    [
      "GET /alertmanager/api/v2/silences",
      "GET /alertmanager/api/v2/alerts",
    ]
  `)
  const silencing = { alert: 'DiskAlmostFull', matchers: ['job=~"no.*"'], duration: '1h', reason: 'cleaning up' }
  expect(await sent('write', 'silence_alert', silencing)).toMatchInlineSnapshot(`
    [
      "GET /alertmanager/api/v2/alerts?filter=alertname="DiskAlmostFull"&filter=job=~"no.*"",
      "GET /alertmanager/api/v2/silences",
      "GET /alertmanager/api/v2/status",
      "POST /alertmanager/api/v2/silences",
      "GET /alertmanager/api/v2/alerts?filter=alertname="DiskAlmostFull"&filter=job=~"no.*"",
      "GET /alertmanager/api/v2/silences",
      "GET /alertmanager/api/v2/alerts?filter=alertname="DiskAlmostFull"&filter=job=~"no.*"",
      "GET /alertmanager/api/v2/silences",
    ]
  `)
  expect(await sent('write', 'expire_silence', { silence: '5f0c1a52' })).toMatchInlineSnapshot(`
    [
      "GET /alertmanager/api/v2/silences",
      "GET /alertmanager/api/v2/alerts",
      "DELETE /alertmanager/api/v2/silence/5f0c1a52-7c1d-4d0e-9f0a-1d6f1f2b7a01",
      "GET /alertmanager/api/v2/silences",
    ]
  `)
})

test('every request carries the credentials', async () => {
  const { read, exchanges } = await openMonitor()
  await read('list_alerts')
  expect(new Set(exchanges.map(({ authorization }) => authorization?.slice(0, 6)))).toEqual(new Set(['Basic ']))
})
