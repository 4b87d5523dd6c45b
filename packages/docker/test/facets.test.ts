import { expect, test } from 'vitest'
import docker, { type SimulatedContainer } from '../src/index.ts'
import { openEngine } from './engine.ts'

async function findingsOf(containers: readonly SimulatedContainer[] | undefined, instance = 'default') {
  const { client, context } = await openEngine(containers === undefined ? undefined : { containers })
  return (await docker.findings?.(client, { instance, signal: context.signal })) ?? []
}

const image = 'busybox'

test('the sick ones of the default world are found, each with evidence and the call that looks closer', async () => {
  expect(await findingsOf(undefined)).toMatchInlineSnapshot(`
    [
      {
        "evidence": "4 probes failed in a row; last answer: GET /healthz: 500 connection to db lost",
        "id": "docker/container/api#unhealthy",
        "next": {
          "input": {
            "container": "api",
            "tail": 50,
          },
          "tool": "get_logs",
        },
        "severity": "critical",
        "since": "2026-06-01T08:45:00Z",
        "target": "docker/container/api",
        "title": "api is unhealthy",
      },
      {
        "evidence": "490 of 512 MiB, 95 %",
        "id": "docker/container/db#memory",
        "next": {
          "input": {
            "container": "db",
          },
          "tool": "get_stats",
        },
        "severity": "warning",
        "target": "docker/container/db",
        "title": "db is near its memory limit",
      },
      {
        "evidence": "exit code 1, 41 restarts; last line: smtp.lan: connection refused",
        "id": "docker/container/mailer#restarting",
        "next": {
          "input": {
            "container": "mailer",
            "tail": 50,
          },
          "tool": "get_logs",
        },
        "severity": "critical",
        "target": "docker/container/mailer",
        "title": "mailer keeps restarting",
      },
      {
        "evidence": "exit code 3, restart policy on-failure; last line: Fatal: wrong password or no key found",
        "id": "docker/container/backup#exited",
        "next": {
          "input": {
            "container": "backup",
            "tail": 50,
          },
          "tool": "get_logs",
        },
        "severity": "critical",
        "since": "2026-06-01T03:00:00Z",
        "target": "docker/container/backup",
        "title": "backup ended in error though meant to run",
      },
    ]
  `)
})

test('a healthy engine has no findings', async () => {
  expect(
    await findingsOf([
      { name: 'web', image, health: 'healthy' },
      { name: 'job', image, state: 'exited', restartPolicy: 'no', exitCode: 1 },
      { name: 'done', image, state: 'exited', exitCode: 0 },
      { name: 'fresh', image, state: 'created' },
      { name: 'roomy', image, memoryMib: 80, memoryLimitMib: 100 },
    ]),
  ).toEqual([])
})

test('what ended in error is judged by whether anybody told it to', async () => {
  const down = { image, state: 'exited' as const }
  const found = await findingsOf([
    { ...down, name: 'gave-up', exitCode: 2, restartPolicy: 'on-failure' },
    { ...down, name: 'stopped', exitCode: 143 },
    { ...down, name: 'no-memory', exitCode: 137, outOfMemory: true },
    { ...down, name: 'odd', exitCode: 1, restartPolicy: 'always' },
    { ...down, name: 'no-start', exitCode: 127, restartPolicy: 'always', error: 'exec: "srv": executable file not found' },
  ])
  expect(found.map(({ id, severity, title }) => [id, severity, title])).toEqual([
    ['docker/container/gave-up#exited', 'critical', 'gave-up ended in error though meant to run'],
    ['docker/container/stopped#exited', 'notice', 'stopped is stopped though meant to run'],
    ['docker/container/no-memory#exited', 'critical', 'no-memory ended in error though meant to run'],
    ['docker/container/odd#exited', 'warning', 'odd ended in error though meant to run'],
    ['docker/container/no-start#exited', 'critical', 'no-start ended in error though meant to run'],
  ])
  expect(found.at(-1)?.evidence).toContain('executable file not found')
})

test('a loop is found even while it is up between two crashes', async () => {
  const found = await findingsOf([
    { name: 'loop', image, restarts: 9, hours: 0.01, log: ['boom'] },
    { name: 'recovered', image, restarts: 9, hours: 30 },
  ])
  expect(found).toMatchObject([
    { id: 'docker/container/loop#restarting', severity: 'critical', evidence: 'up again just now, 9 restarts; last line: boom' },
  ])
})

test('findings and assets of one of several engines carry its name', async () => {
  const [finding] = await findingsOf([{ name: 'web', image, health: 'unhealthy' }], 'nas')
  expect(finding).toMatchObject({ id: 'docker@nas/container/web#unhealthy', target: 'docker@nas/container/web' })
})

test('assets know every name and address of a container', async () => {
  const { client, context } = await openEngine()
  const assets = (await docker.assets?.(client, { instance: 'default', signal: context.signal })) ?? []
  expect(assets.find(({ name }) => name === 'api')).toMatchInlineSnapshot(`
    {
      "addresses": [
        "172.18.0.3",
      ],
      "aliases": [
        "f6c47f1bd24e",
      ],
      "kind": "container",
      "macs": [
        "02:42:ac:12:00:03",
      ],
      "name": "api",
      "parent": "docker/engine/shelf",
      "ports": [],
      "removal": {
        "calls": [
          {
            "input": {
              "container": "api",
            },
            "tool": "stop_container",
          },
        ],
        "forGood": {
          "input": {
            "container": "api",
          },
          "tool": "delete_container",
        },
      },
      "state": "running",
      "target": "docker/container/api",
    }
  `)
  expect(assets.find(({ name }) => name === 'probe')).toMatchObject({ addresses: [], macs: [] })
})

test('health counts what runs and what ails', async () => {
  const { client, context } = await openEngine()
  expect(await docker.health(client, { instance: 'default', signal: context.signal })).toEqual({
    version: '29.1.3',
    evidence: '7 containers, 4 running, 1 unhealthy, 1 restarting; API 1.52',
  })
})

test('a census names the engine, its containers, networks and volumes, with plain facts', async () => {
  const { client, context } = await openEngine()
  const items = (await docker.census?.(client, context)) ?? []
  const sections = new Map(items.map(({ section }) => [section, items.filter((item) => item.section === section).length]))
  expect([...sections.keys()].toSorted()).toEqual(['containers', 'network', 'node', 'storage'])
  expect(items.find(({ name }) => name === 'api')).toMatchInlineSnapshot(`
    {
      "details": {
        "id": "f6c47f1bd24e",
        "networks": "shop_default",
      },
      "facts": {
        "image": "registry.lan/shop/api:4.2",
        "project": "shop",
      },
      "name": "api",
      "section": "containers",
      "state": "running, unhealthy",
      "target": "docker/container/api",
    }
  `)
  expect(items.find(({ section }) => section === 'node')).toMatchInlineSnapshot(`
    {
      "facts": {
        "cpus": 4,
        "docker": "29.1.3",
        "memory_bytes": 17179869184,
        "system": "Debian GNU/Linux 13 (trixie)",
      },
      "name": "shelf",
      "section": "node",
      "state": "up",
      "target": "docker/engine/shelf",
    }
  `)
  expect(new Set(items.map(({ target }) => target)).size).toBe(items.length)
})
