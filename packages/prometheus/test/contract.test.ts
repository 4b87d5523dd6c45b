import { openSchemaDigest } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import prometheus from '../src/index.ts'
import { openMonitor } from './monitor.ts'

const { answerProblems, endpointOf, endpoints, requestProblems } = openSchemaDigest(new URL('schema-digest.json', import.meta.url), {
  prefix: /^\/alertmanager/,
})

async function everything() {
  const monitor = await openMonitor()
  const { read, write, client, context } = monitor
  const facet = { instance: 'default', signal: context.signal }
  for (const ask of [prometheus.health, prometheus.findings, prometheus.assets, prometheus.census]) await ask?.(client, facet)
  for (const query of ['up', 'time()', '"text"', '3', 'up[5m]', 'count by (job) (up)', '{job="node",mode!~"idle|user"}'])
    await read('query', { query, at: '2026-06-01T08:00:00Z' })
  for (const last of ['5m', '2d']) await read('query_range', { query: 'node_load1', last })
  for (const query of ['up{', 'rate(up[5m])']) await read('query', { query }).catch(() => undefined)
  await read('query_range', { query: 'up[5m]' }).catch(() => undefined)
  for (const name of ['list_alerts', 'list_targets', 'list_rules', 'list_silences']) await read(name)
  await read('search_metrics', { text: 'load' })
  await write('silence_alert', { alert: 'DiskAlmostFull', matchers: ['instance=~"shelf.*"'], duration: '1h', reason: 'cleaning up' })
  await write('expire_silence', { silence: '5f0c1a52' })
  await write('expire_silence', { silence: '5f0c1a52' })
  await client.alertmanager.alerts(['nonsense'], facet).catch(() => undefined)
  // Named but not reachable in here: that Prometheus names it is what is looked at.
  const other = await openMonitor(undefined, { configuration: { alertmanagerUrl: undefined } })
  await other.read('list_silences').catch(() => undefined)
  monitor.exchanges.push(...other.exchanges.filter(({ target }) => target === '/api/v1/alertmanagers'))
  return monitor
}

test('every request is one the vendors’ schemas describe', async () => {
  const { exchanges } = await everything()
  expect(exchanges.flatMap(requestProblems)).toEqual([])
})

test('every answer of the simulator has the shape of the vendors’ schemas', async () => {
  const { exchanges } = await everything()
  expect(exchanges.flatMap(answerProblems)).toEqual([])
})

test('the digest holds the endpoints that are used, and no others', async () => {
  const { exchanges } = await everything()
  const used = new Set(exchanges.map((exchange) => endpointOf(exchange) ?? exchange.target))
  expect([...used].toSorted()).toEqual(endpoints.toSorted())
})

test('an answer or a request that departs from the schema is noticed', () => {
  const about = { method: 'GET', target: '/api/v1/alerts', status: 200 }
  expect(answerProblems({ ...about, body: '{"status":"success","data":{"alerts":[{}]}}' })).toHaveLength(4)
  expect(answerProblems({ ...about, body: '{"status":"success","data":{"alerts":[]},"more":1}' })).toHaveLength(1)
  expect(requestProblems({ method: 'GET', target: '/alertmanager/api/v2/silences?active=perhaps' })).toHaveLength(1)
  expect(requestProblems({ method: 'GET', target: '/api/v1/query?question=up' })).toHaveLength(1)
  expect(requestProblems({ method: 'POST', target: '/alertmanager/api/v2/silences', sent: '{"matchers":[]}' })).toHaveLength(4)
})
