import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireComponent, startPrometheus, type PrometheusStack } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dashboard, expressions, filledIn, metricsIn, scrapeJob } from './dashboard.ts'
import { addressOf, openProcesses, type Processes } from './rackwarden-process.ts'

const missing = requireComponent('prometheus')
const token = 'a-token-of-the-tests-that-is-long-enough'

interface Answer {
  status: string
  error?: string
  data: { result: { metric: Record<string, string>; value: [number, string] }[] }
}

describe.skipIf(missing !== undefined)('a real Prometheus that scrapes the hub', () => {
  let stack: PrometheusStack
  let processes: Processes
  let address: string

  beforeAll(async () => {
    processes = await openProcesses({ RACKWARDEN_TOKEN: token })
    const url = await addressOf(processes.start('serve', '--demo', '--http', '127.0.0.1:0', '--tier', 'operate'))
    address = new URL(url).host
    const secret = join(processes.stateDirectory, '..', 'prometheus.token')
    writeFileSync(secret, `${token}\n`, { mode: 0o600 })
    stack = await startPrometheus({
      deadTarget: false,
      scrapeConfigs: [
        { ...scrapeJob, authorization: { type: 'Bearer', credentials_file: secret }, static_configs: [{ targets: [address] }] },
      ],
    })
  }, 120_000)

  afterAll(async () => {
    await stack?.down()
    await processes?.close()
  })

  async function ask(query: string): Promise<Answer> {
    const answer = await fetch(`${stack.url}/api/v1/query?query=${encodeURIComponent(query)}`)
    return (await answer.json()) as Answer
  }

  async function until(query: string): Promise<Answer> {
    for (;;) {
      const answer = await ask(query)
      if (answer.status === 'success' && answer.data.result.length > 0) return answer
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async function call(name: string, input: Record<string, unknown> = {}): Promise<string> {
    const answer = await fetch(`http://${address}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } }),
    })
    return answer.text()
  }

  test('is let in by the token, and reads every query of the dashboard', { timeout: 120_000 }, async () => {
    await until('up{job="rackwarden"} == 1')
    await call('service_health')
    await call('needs_attention')
    await call('docker_get_logs', { container: 'there is none' })
    const confirm = /confirm: (\w+)/.exec(await call('docker_restart_container', { container: 'jellyfin' }))?.[1] ?? ''
    expect(await call('docker_restart_container', { container: 'jellyfin', confirm })).toContain('DONE')
    await until('rackwarden_writes_total{result="done"} == 1')
    for (const expression of expressions) {
      const { status, error } = await ask(filledIn(expression))
      expect({ status, error, expression }).toEqual({ status: 'success', error: undefined, expression })
      for (const name of metricsIn(expression))
        expect({ name, ...(await ask(`count(${name})`)) }).toMatchObject({ name, data: { result: [{}] } })
    }
    const down = dashboard.panels.find(({ title }) => title === 'Instances down')?.targets?.[0]?.expr ?? ''
    expect((await ask(filledIn(down))).data.result[0]?.value[1]).toMatch(/^\d+$/)
    expect((await until('rackwarden_calls_total{tool="docker_get_logs", code="not_found"}')).data.result).toHaveLength(1)
  })

  test('is not let in without', async () => {
    expect((await fetch(`http://${address}/metrics`)).status).toBe(401)
  })
})
