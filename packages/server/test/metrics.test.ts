import { measureCalls, type Measure } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../src/http/metrics.ts'
import { startLab } from './lab.ts'
import { openLamp } from './lamp-catalogue.ts'
import { proper, rpc, send } from './raw.ts'

/** A lamp behind the real call path and a server. */
async function serveLamp() {
  const { catalogue, runtime } = await openLamp()
  onTestFinished(measureCalls(runtime))
  const { server, tokens } = await startLab({ surface: catalogue, measures: runtime.measures })
  const call = async (name: string, input: object = {}, headers: Record<string, string> = {}) =>
    (await send(server.port, { headers: { ...proper, ...headers }, body: rpc('tools/call', { name, arguments: input }) })).text
  const scrape = async (headers: Record<string, string> = {}) => {
    await runtime.audit.flush()
    return send(server.port, { method: 'GET', path: '/metrics', headers })
  }
  return { call, scrape, tokens, runtime }
}

/** The lines of one metric. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line))
}

test('calls are counted by service, tool, access and what came of them, and a write by who agreed', async () => {
  const { call, scrape } = await serveLamp()
  await call('get_level')
  await call('get_level')
  await call('get_fuse', { name: 'main' })
  const plan = await call('set_level', { level: 7 })
  await call('set_level', { level: 7, confirm: /confirm: (\w+)/.exec(plan)?.[1] ?? '' })
  const { text, headers } = await scrape()
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(linesOf(text, 'rackwarden_calls_total')).toEqual([
    'rackwarden_calls_total{service="lamp",tool="get_level",access="observe",result="done",code=""} 2',
    'rackwarden_calls_total{service="lamp",tool="get_fuse",access="observe",result="error",code="not_found"} 1',
    'rackwarden_calls_total{service="lamp",tool="set_level",access="operate",result="plan",code=""} 1',
    'rackwarden_calls_total{service="lamp",tool="set_level",access="operate",result="done",code=""} 1',
  ])
  expect(linesOf(text, 'rackwarden_writes_total')).toEqual([
    'rackwarden_writes_total{service="lamp",access="operate",approval="token",result="done"} 1',
  ])
  expect(linesOf(text, 'rackwarden_principal_calls_total')).toEqual([
    'rackwarden_principal_calls_total{principal="local:me",result="ok"} 4',
    'rackwarden_principal_calls_total{principal="local:me",result="error"} 1',
  ])
  expect(linesOf(text, 'rackwarden_call_duration_seconds_count')).toEqual([
    'rackwarden_call_duration_seconds_count{service="lamp",access="observe"} 3',
    'rackwarden_call_duration_seconds_count{service="lamp",access="operate"} 2',
  ])
  expect(linesOf(text, 'rackwarden_call_duration_seconds_bucket').at(-1)).toContain('le="+Inf"')
  expect(linesOf(text, 'rackwarden_instance_up')).toEqual(['rackwarden_instance_up{service="lamp",instance="default"} 1'])
  expect(linesOf(text, 'rackwarden_audit_lines_total')[0]).toMatch(/ [6-9]$/)
  expect(linesOf(text, 'rackwarden_http_answers_total')).toEqual(['rackwarden_http_answers_total{status="200"} 5'])
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
  expect(text).toMatch(/^process_resident_memory_bytes \d/m)
})

test('names somebody made up make no series of their own', async () => {
  const { call, scrape } = await serveLamp()
  for (let index = 0; index < 50; index += 1) await call(`get_secret_${index}`)
  const { text } = await scrape()
  expect(linesOf(text, 'rackwarden_calls_total')).toEqual([
    'rackwarden_calls_total{service="",tool="",access="",result="error",code="not_found"} 50',
  ])
})

test('a token that is limited to services is told of these, and not who else calls', async () => {
  const { call, scrape, tokens } = await serveLamp()
  const headers = async (name: string, services?: string[]) => ({
    authorization: `Bearer ${(await tokens.create({ name, ...(services === undefined ? {} : { services }) })).token}`,
  })
  const [owner, guest] = [await headers('owner'), await headers('guest', ['door'])]
  await call('get_level', {}, owner)
  expect((await scrape()).status).toBe(401)
  const { text } = await scrape(guest)
  expect(text).not.toContain('lamp')
  expect(text).not.toContain('token:owner')
  expect(text).toMatch(/^rackwarden_audit_failing 0$/m)
  expect((await scrape(owner)).text).toContain('service="lamp"')
})

test('measures of several sources are one, and no name of an instance breaks out of its line', async () => {
  const odd = 'a"b\\c\nrackwarden_fake 1'
  const measure = (labels: Record<string, string>): Measure => ({
    kind: 'gauge',
    name: 'rackwarden_x',
    help: 'X.',
    readings: [{ labels, value: 1 }],
  })
  const { text } = await createMetrics(() => [measure({ instance: odd }), measure({ instance: 'b' })]).text({
    principal: 'local:me',
    tier: 'observe',
  })
  expect(linesOf(text, 'rackwarden_x')).toEqual([
    'rackwarden_x{instance="a\\"b\\\\c\\nrackwarden_fake 1"} 1',
    'rackwarden_x{instance="b"} 1',
  ])
  expect(linesOf(text, 'rackwarden_fake')).toEqual([])
  expect(text.match(/# TYPE rackwarden_x gauge/g)).toHaveLength(1)
})
