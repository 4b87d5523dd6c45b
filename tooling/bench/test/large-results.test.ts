import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Service, Simulation } from '@rackwarden/core'
import { createRuntime, estimateTokens, openCatalogue, type CallResult } from '@rackwarden/core/runtime'
import docker from '@rackwarden/docker'
import linux from '@rackwarden/linux'
import prometheus from '@rackwarden/prometheus'
import uptimeKuma from '@rackwarden/uptime-kuma'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const most = 2_000
const many = <Item>(count: number, make: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => make(index))
const pad = (index: number) => String(index).padStart(4, '0')

/** Lines as a web server writes them, and one that tells of something. */
const log = [
  ...many(
    5_000,
    (index) => `level=info request ${pad(index)} from 10.0.3.${index % 250} took ${index % 997} ms path=/api/v1/items/${index}`,
  ),
  'level=error the needle is in here',
]

const worlds: readonly (readonly [Service, unknown])[] = [
  [
    docker,
    {
      containers: many(500, (index) => ({
        name: `app-${pad(index)}`,
        image: `registry.lan/team/app:1.${index}`,
        project: `stack-${index % 25}`,
        state: index % 50 === 0 ? 'exited' : 'running',
        ports: [`${8_000 + index}:80`],
        mounts: [`data-${pad(index)}:/data`],
        log: index === 7 ? log : ['started'],
      })),
    },
  ],
  [
    linux,
    {
      hosts: {
        default: {
          hostname: 'shelf',
          units: many(500, (index) => ({
            name: `unit-${pad(index)}.service`,
            active: index % 50 === 0 ? 'failed' : 'active',
            log: index === 7 ? log : ['started'],
          })),
          updates: many(800, (index) => `package-${pad(index)} 1.0 2.0`),
        },
      },
    },
  ],
  [
    prometheus,
    {
      targets: many(500, (index) => ({ job: `job-${index % 20}`, instance: `host-${pad(index)}:9100` })),
      metrics: many(1_000, (index) => ({
        name: `metric_${pad(index)}_total`,
        type: 'counter',
        help: `Counts thing ${index}.`,
        series: many(index === 0 ? 500 : 1, (series) => ({ labels: { instance: `host-${pad(series)}:9100` }, value: series })),
      })),
      rules: many(100, (rule) => ({
        name: `Rule${pad(rule)}`,
        group: `group-${rule % 10}`,
        query: `metric_${pad(rule)}_total > ${rule}`,
        severity: rule === 42 ? 'critical' : 'warning',
        alerts: many(10, (alert) => ({
          labels: { instance: `host-${pad(rule * 10 + alert)}:9100` },
          minutes: alert + 1,
          value: alert,
          summary: `Rule ${rule} fires on host-${pad(rule * 10 + alert)}`,
        })),
      })),
    },
  ],
  [
    uptimeKuma,
    {
      now: '2026-06-01T09:00:00Z',
      monitors: many(500, (index) => ({
        name: `monitor-${pad(index)}`,
        type: 'http',
        fields: { url: `https://site-${index}.lan` },
        state: index % 20 === 0 ? 'down' : 'up',
      })),
    },
  ],
]

type Call = (name: string, input?: Record<string, unknown>) => Promise<Extract<CallResult, { kind: 'done' }>>

let call: Call
let close: () => Promise<void>

beforeAll(async () => {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-large-'))
  const runtime = createRuntime({ version: '0.0.0', environment: {}, stateDirectory, log: () => undefined })
  const simulations = new Map<string, Simulation>()
  for (const [service, world] of worlds) simulations.set(service.name, await (await service.simulate()).default(world))
  const catalogue = openCatalogue({
    name: 'large',
    title: 'A large lab',
    services: worlds.map(([service]) => service),
    prefixed: true,
    runtime,
    simulations,
    configuration: { tier: 'observe', services: {} },
  })
  call = async (name, input = {}) => {
    const result = await catalogue.call({ name, input, caller: { principal: 'local:tester', tier: 'observe' } })
    if (result.kind !== 'done') throw new Error(`${name}: ${result.text}`)
    return result
  }
  close = async () => {
    await catalogue.close(0)
    await runtime.close()
    for (const simulation of simulations.values()) await simulation.close?.()
    await rm(stateDirectory, { recursive: true, force: true })
  }
})

afterAll(() => close())

function expectWithin(text: string): void {
  expect(estimateTokens(text)).toBeLessThanOrEqual(most)
  expect(encode(text).length).toBeLessThanOrEqual(most)
}

/** What of a text matches, once each, in the order it stands there. */
function seen(text: string, each: RegExp): string[] {
  return [...new Set([...text.matchAll(each)].map(([match]) => match))]
}

describe('a result too large to show', () => {
  test.each([
    ['docker_list_containers', { limit: 500 }, /app-\d{4}(?= )/g, 500],
    ['docker_list_volumes', { limit: 500 }, /^data-\d{4}/gm, 500],
    ['docker_get_stats', {}, /^app-\d{4}/gm, 490],
    ['linux_list_units', { limit: 500 }, /^unit-\d{4}/gm, 500],
    ['linux_check_updates', {}, /^package-\d{4}/gm, 800],
    ['prometheus_list_alerts', { limit: 500 }, /host-\d{4}(?=:9100)/g, 1_000],
    ['prometheus_list_targets', { limit: 500 }, /host-\d{4}(?=:9100)/g, 500],
    ['prometheus_query', { query: 'metric_0000_total', limit: 500 }, /host-\d{4}/g, 500],
    ['prometheus_search_metrics', { text: 'metric', limit: 500 }, /^metric_\d{4}_total/gm, 1_000],
    ['uptime_kuma_list_monitors', { limit: 500 }, /monitor-\d{4}/g, 500],
  ] as const)('%s %o is within its budget on every page, and none of its rows is lost or told twice', async (name, input, each, count) => {
    const found: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const { text } = await call(name, { ...input, ...(cursor === undefined ? {} : { cursor }) })
      expectWithin(text)
      const rows = seen(text, each)
      expect(rows.length).toBeGreaterThan(0)
      found.push(...rows)
      cursor = /next_cursor: (\S+)/.exec(text)?.[1]
      pages += 1
    } while (cursor !== undefined && pages < 200)
    expect(new Set(found).size).toBe(count)
    expect(found.length).toBe(count)
  })

  test.each([
    ['docker_get_logs', { container: 'app-0007', tail: 1_000 }],
    ['linux_get_unit_logs', { unit: 'unit-0007', tail: 1_000 }],
  ] as const)('%s shows the last lines, says how many there are, and what was looked for where it is', async (name, input) => {
    const { text } = await call(name, input)
    expectWithin(text)
    expect(text).toMatch(/the needle is in here/)
    expect(text).toMatch(/\n\d+ of 1000 rows shown; narrow with .*grep/)
    for (const [narrower, told] of [
      [{ grep: 'request 0042 ' }, /request 0042 [^]*/],
      [{ grep: 'needle' }, /the needle is in here/],
      [{ tail: 10 }, /request 4999 /],
    ] as const) {
      const narrowed = (await call(name, { ...input, ...narrower })).text
      expectWithin(narrowed)
      expect(narrowed).toMatch(told)
      expect(narrowed).not.toMatch(/rows shown/)
    }
  })

  test('alerts are found by what they are narrowed with', async () => {
    const { text } = await call('prometheus_list_alerts', { severity: 'critical' })
    expectWithin(text)
    expect(seen(text, /host-\d{4}(?=:9100)/g)).toEqual(many(10, (index) => `host-${pad(420 + index)}`).toReversed())
    expect((await call('prometheus_list_alerts', { name: 'Rule0007' })).text).not.toMatch(/rows shown/)
  })

  test('what is wrong in a large lab is told the worst first, page by page', async () => {
    const targets: string[] = []
    let cursor: string | undefined
    do {
      const { text } = await call('needs_attention', { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
      expectWithin(text)
      targets.push(...[...text.matchAll(/^\d+\. .*\[(\S+)\]/gm)].map(([, target = '']) => target))
      cursor = /next_cursor: (\S+)/.exec(text)?.[1]
    } while (cursor !== undefined)
    const { output } = await call('needs_attention', { limit: 500 })
    expect(targets).toEqual((output as { findings: { target: string }[] }).findings.map(({ target }) => target))
    expect(targets.length).toBeGreaterThan(40)
  })

  test('the overview of a large lab is narrowed by section and name', async () => {
    const { text } = await call('describe_homelab')
    expectWithin(text)
    expect(text).toMatch(/\d+ of 500 sections\.containers\.items shown.*narrow with depth, section, name$/)
    const narrowed = (await call('describe_homelab', { section: 'containers', name: 'app-0042' })).text
    expect(narrowed).toMatch(/docker\/container\/app-0042/)
    expect(narrowed).not.toMatch(/app-0041|items shown/)
  })

  test('health and the search of one thing cost little, however large the lab', async () => {
    expect(encode((await call('service_health')).text).length).toBeLessThan(400)
    expect(encode((await call('find_asset', { query: 'app-0042' })).text).length).toBeLessThan(400)
  })
})
