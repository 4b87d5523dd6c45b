import { expect, test } from 'vitest'
import prometheus, { type PrometheusWorld } from '../src/index.ts'
import { openMonitor, type MonitorOptions } from './monitor.ts'

async function facetsOf(world?: PrometheusWorld, options?: MonitorOptions) {
  const { client, context } = await openMonitor(world, options)
  const facet = { instance: context.instance, signal: context.signal }
  return {
    health: () => prometheus.health(client, facet),
    findings: async () => (await prometheus.findings?.(client, facet)) ?? [],
    assets: async () => (await prometheus.assets?.(client, facet)) ?? [],
    census: async () => (await prometheus.census?.(client, facet)) ?? [],
  }
}

const noAlertmanager: MonitorOptions = {
  answer: (target) => (target.startsWith('/alertmanager') ? new Response('', { status: 503 }) : undefined),
}

test('health counts targets and alerts, and names both versions', async () => {
  const { health } = await facetsOf()
  expect(await health()).toEqual({
    version: '3.5.0',
    evidence: '3 of 4 targets up, 3 alerts firing, 1 silenced or inhibited; Alertmanager 0.28.1',
  })
})

test('a configured Alertmanager that is silent degrades the whole and is a finding; one that is only named is mentioned', async () => {
  const configured = await facetsOf(undefined, noAlertmanager)
  expect(await configured.health()).toMatchObject({ degraded: true, evidence: expect.stringContaining('Alertmanager does not answer') })
  expect(await configured.findings()).toContainEqual(
    expect.objectContaining({ id: 'prometheus/alertmanager/alertmanager#silent', severity: 'critical' }),
  )
  const merelyNamed = await facetsOf(undefined, {
    configuration: { alertmanagerUrl: undefined },
    answer: (target) => (target.startsWith('http://alertmanager.simulated') ? new Response('', { status: 503 }) : undefined),
  })
  const health = await merelyNamed.health()
  expect(health.degraded).toBeUndefined()
  expect(health.evidence).toContain('Alertmanager does not answer')
  expect((await merelyNamed.findings()).some(({ id }) => id.endsWith('#silent'))).toBe(false)
})

test('findings are alerts that notify, dead targets and failing rules, each with its next call', async () => {
  const { findings } = await facetsOf()
  expect(await findings()).toMatchInlineSnapshot(`
    [
      {
        "about": [
          "10.20.0.40",
        ],
        "evidence": "Get "http://10.20.0.40:9116/metrics": dial tcp 10.20.0.40:9116: connect: no route to host",
        "id": "prometheus/target/printer/10.20.0.40:9116#down",
        "next": {
          "input": {
            "job": "printer",
            "state": "down",
          },
          "tool": "list_targets",
        },
        "severity": "warning",
        "target": "prometheus/target/printer/10.20.0.40:9116",
        "title": "10.20.0.40:9116 (job printer) cannot be scraped",
      },
      {
        "about": [
          "shelf",
        ],
        "evidence": "severity critical; instance="shelf:9100", job="node", mountpoint="/srv"; value 0.031",
        "id": "prometheus/alert/DiskAlmostFull#instance="shelf:9100", job="node", mountpoint="/srv"",
        "next": {
          "input": {
            "name": "DiskAlmostFull",
            "state": "firing",
          },
          "tool": "list_alerts",
        },
        "severity": "critical",
        "since": "2026-06-01T07:25:00Z",
        "target": "prometheus/alert/DiskAlmostFull/shelf:9100",
        "title": "DiskAlmostFull: /srv on shelf has 3 % left",
      },
      {
        "about": [
          "10.20.0.40",
        ],
        "cause": "prometheus/target/printer/10.20.0.40:9116",
        "evidence": "severity warning; instance="10.20.0.40:9116", job="printer"; value 0",
        "id": "prometheus/alert/TargetDown#instance="10.20.0.40:9116", job="printer"",
        "next": {
          "input": {
            "name": "TargetDown",
            "state": "firing",
          },
          "tool": "list_alerts",
        },
        "severity": "warning",
        "since": "2026-05-30T09:00:00Z",
        "target": "prometheus/alert/TargetDown/10.20.0.40:9116",
        "title": "TargetDown: The printer is off",
      },
      {
        "evidence": "found duplicate series for the match group {instance="attic:9100"} on the right hand-side of the operation",
        "id": "prometheus/rule/recorded/instance:load:ratio#error",
        "next": {
          "input": {
            "name": "instance:load:ratio",
            "state": "error",
          },
          "tool": "list_rules",
        },
        "severity": "warning",
        "target": "prometheus/rule/recorded/instance:load:ratio",
        "title": "The rule instance:load:ratio cannot be evaluated",
      },
    ]
  `)
})

test('a dead target is as bad as the alert somebody wrote for it', async () => {
  const down = { job: 'nas', instance: 'nas:9100', error: 'refused' }
  const rule = {
    name: 'NasDown',
    group: 'g',
    query: 'up == 0',
    severity: 'page',
    alerts: [{ labels: { job: 'nas', instance: 'nas:9100' }, minutes: 1, value: 0 }],
  }
  const { findings } = await facetsOf({ targets: [down], rules: [rule] })
  expect(await findings()).toMatchObject([
    { target: 'prometheus/target/nas/nas:9100', severity: 'critical' },
    { target: 'prometheus/alert/NasDown/nas:9100', severity: 'critical', cause: 'prometheus/target/nas/nas:9100' },
  ])
})

test('more than three of a kind are one finding with a count', async () => {
  const instances = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1']
  const { findings } = await facetsOf(
    {
      targets: instances.map((instance) => ({ job: 'pods', instance, error: `cannot reach ${instance}` })),
      rules: [
        {
          name: 'PodDown',
          group: 'g',
          query: 'up == 0',
          alerts: instances.map((instance, index) => ({ labels: { job: 'pods', instance, stake: 'data' }, minutes: index + 1, value: 0 })),
        },
      ],
    },
    { instance: 'cluster' },
  )
  expect(await findings()).toMatchObject([
    {
      id: 'prometheus@cluster/job/pods#down',
      title: '5 targets of job pods are down',
      evidence: 'a:1, b:1, c:1 and 2 more; first error: cannot reach a:1',
      next: { tool: 'list_targets', input: { job: 'pods', state: 'down' } },
    },
    {
      id: 'prometheus@cluster/alert/PodDown#firing',
      title: 'PodDown fires 5 times',
      since: '2026-06-01T08:55:00Z',
      stake: 'data',
      cause: 'prometheus@cluster/job/pods',
    },
  ])
})

test('targets are known by host name and address, by their job only where it is theirs alone, never by loopback', async () => {
  const { assets } = await facetsOf()
  expect((await assets()).map(({ target, aliases, addresses, state }) => ({ target, aliases, addresses, state }))).toEqual([
    { target: 'prometheus/target/prometheus/localhost:9090', aliases: ['prometheus'], addresses: [], state: 'up' },
    { target: 'prometheus/target/node/shelf:9100', aliases: ['shelf'], addresses: ['10.20.0.11'], state: 'up' },
    { target: 'prometheus/target/node/attic:9100', aliases: ['attic'], addresses: ['10.20.0.12'], state: 'up' },
    { target: 'prometheus/target/printer/10.20.0.40:9116', aliases: ['printer'], addresses: ['10.20.0.40'], state: 'down' },
  ])
})

test('the census tells in one item what the lab is watched by', async () => {
  const { census } = await facetsOf()
  expect(await census()).toEqual([
    {
      section: 'services',
      target: 'prometheus/server/prometheus',
      name: 'Prometheus',
      facts: { version: '3.5.0', targets: 4, alerting_rules: 5, recording_rules: 2 },
      details: { jobs: 'node, printer, prometheus' },
    },
  ])
})
