import type { Asset } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { coverageFindings } from '../../src/facets/coverage-findings.ts'

type Answers = Parameters<typeof coverageFindings>[0]

function asset(service: string, kind: string, name: string, more: Partial<Asset> = {}): Asset {
  return { target: `${service}/${kind}/${name}`, kind, name, aliases: [], addresses: [], macs: [], ...more }
}

/** A lab of three services; what is given takes the place of what is there. */
function lab({
  monitors = [],
  records = [],
  things = [],
  silent = false,
}: Partial<Record<'monitors' | 'records' | 'things', Asset[]>> & { silent?: boolean }): Answers {
  const tools = (...names: string[]) => new Map(names.map((name) => [name, {}]))
  const host = asset('linux', 'host', 'nas', { addresses: ['10.0.0.5'], networks: [{ network: '10.0.0.0/24', mtu: 1500 }] })
  const answers = [
    { mount: { service: 'kuma', title: 'Kuma', watchers: {}, tools: tools('create_monitor', 'get_monitor') }, answer: monitors },
    { mount: { service: 'pihole', title: 'Pi-hole', tools: tools('list_records') }, answer: records },
    { mount: { service: 'docker', title: 'Docker', tools: tools() }, answer: [host, ...things] },
    ...(silent ? [{ mount: { service: 'proxmox', title: 'Proxmox', tools: tools() }, error: new Error('gone') }] : []),
  ]
  return answers.map((one) => ({ instance: { name: 'default' }, milliseconds: 1, ...one })) as unknown as Answers
}

const found = (answers: Answers) => coverageFindings(answers).map(({ finding: { id, next } }) => [id, next?.tool, next?.input])
const running = asset('docker', 'container', 'jellyfin', { state: 'running', ports: [8096] })
const record = asset('pihole', 'record', 'jellyfin.lab', { aliases: ['jellyfin'], addresses: ['10.0.0.5'] })

test('a running container with a name in the DNS and no monitor is to be given one', () => {
  const next = ['docker/container/jellyfin#unwatched', 'create_monitor', { name: 'jellyfin', host: 'jellyfin.lab', port: 8096 }]
  expect(found(lab({ records: [record], things: [running] }))).toEqual([next])
  expect(found(lab({ records: [record], things: [running], silent: true }))).toEqual([next])
  expect(found(lab({ things: [running] }))).toEqual([])
  expect(found(lab({ records: [record], things: [{ ...running, state: 'exited' }] }))).toEqual([])
  const watched = asset('kuma', 'monitor', 'Films', { aliases: ['jellyfin.lab'], state: 'paused' })
  expect(found(lab({ monitors: [watched], records: [record], things: [running] }))).toEqual([])
})

test('a record of an address nothing here has leads nowhere, unless a monitor gets an answer there or not everybody was asked', () => {
  const dangling = asset('pihole', 'record', 'old.lab', { addresses: ['10.0.0.77'] })
  expect(found(lab({ records: [record, dangling] }))).toEqual([['pihole/record/nowhere', 'list_records', { text: 'old.lab' }]])
  expect(found(lab({ records: [asset('pihole', 'record', 'far.lab', { addresses: ['192.0.2.1'] })] }))).toEqual([])
  expect(found(lab({ records: [dangling], monitors: [asset('kuma', 'monitor', 'Old', { aliases: ['old.lab'], state: 'up' })] }))).toEqual(
    [],
  )
  expect(found(lab({ records: [dangling], silent: true }))).toEqual([])
})

test('a monitor that is down for what is not here watches nothing; one of a stranger is no business of ours', () => {
  const gone = asset('kuma', 'monitor', 'Grafana', { aliases: ['grafana.lab'], state: 'down' })
  expect(found(lab({ monitors: [gone], records: [record] }))).toEqual([
    ['kuma/monitor/Grafana#nothing', 'get_monitor', { monitor: 'Grafana' }],
  ])
  expect(found(lab({ monitors: [{ ...gone, state: 'up' }], records: [record] }))).toEqual([])
  const stranger = asset('kuma', 'monitor', 'Shop', { aliases: ['www.example.com'], state: 'down' })
  expect(found(lab({ monitors: [stranger], records: [record] }))).toEqual([])
  const known = asset('kuma', 'monitor', 'Films', { aliases: ['jellyfin.lab'], state: 'down' })
  expect(found(lab({ monitors: [known], records: [record] }))).toEqual([])
})
