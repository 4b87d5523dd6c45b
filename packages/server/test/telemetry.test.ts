import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openTelemetry } from '../src/telemetry.ts'
import { startLab } from './lab.ts'
import { openLamp } from './lamp-catalogue.ts'
import { callModern, openSession, proper, rpc, send } from './raw.ts'

interface SentSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  status: { code?: number }
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
}

/** A collector small enough to be read whole: it keeps the spans it is sent. */
async function startCollector() {
  const spans: SentSpan[] = []
  const state = { status: 200, headers: {} as NodeJS.Dict<string | string[]>, resource: [] as { key: string; value: object }[], bodies: '' }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      state.headers = request.headers
      state.bodies += body
      const { resourceSpans = [] } = JSON.parse(body) as {
        resourceSpans?: { resource: { attributes: [] }; scopeSpans: { spans: SentSpan[] }[] }[]
      }
      if (state.status === 200)
        for (const { resource, scopeSpans } of resourceSpans) {
          state.resource = resource.attributes
          spans.push(...scopeSpans.flatMap((scope) => scope.spans))
        }
      response.writeHead(state.status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { spans, state, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function serveTraced(endpoint: string, environment: Record<string, string> = {}) {
  const said: string[] = []
  const telemetry = await openTelemetry({
    name: 'rackwarden-lamp',
    version: '1.2.3',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...environment },
    warn: (message) => said.push(message),
  })
  onTestFinished(() => telemetry?.close())
  const { catalogue } = await openLamp({ tracing: telemetry?.tracing })
  const { server } = await startLab({ surface: catalogue })
  return { server, telemetry, said }
}

const attributesOf = ({ attributes }: SentSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
const call = (name: string, input: object = {}, meta?: object) =>
  rpc('tools/call', { name, arguments: input, ...(meta === undefined ? {} : { _meta: meta }) })

describe('with a collector', () => {
  test('a write is one trace of its steps and the requests they make, without addresses, inputs or answers', async () => {
    const collector = await startCollector()
    const { server, telemetry, said } = await serveTraced(collector.endpoint)
    const plan = (await send(server.port, { headers: proper, body: call('set_level', { level: 7 }) })).text
    const confirm = /confirm: (\w+)/.exec(plan)?.[1] ?? ''
    await send(server.port, { headers: proper, body: call('set_level', { level: 7, confirm }) })
    await send(server.port, { headers: proper, body: call('get_fuse', { name: 'the-name-of-a-fuse' }) })
    await telemetry?.close()
    const { spans } = collector
    const roots = spans.filter(({ name }) => name === 'tools/call')
    expect(roots).toHaveLength(3)
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(3)
    const [, write, failed] = roots
    expect(attributesOf(write!)).toMatchObject({
      'rackwarden.service': 'lamp',
      'rackwarden.tool': 'set_level',
      'rackwarden.access': 'operate',
      'rackwarden.principal': 'local:me',
      'rackwarden.result': 'done',
    })
    const own = spans.filter(({ traceId }) => traceId === write!.traceId)
    const parentOf = (span: SentSpan) => own.find(({ spanId }) => spanId === span.parentSpanId)?.name
    expect(own.map((span) => [span.name, parentOf(span)])).toEqual(
      expect.arrayContaining([
        ['state', 'tools/call'],
        ['GET', 'state'],
        ['plan', 'tools/call'],
        ['run', 'tools/call'],
        ['PUT', 'run'],
        ['settle', 'tools/call'],
        ['GET', 'settle'],
      ]),
    )
    const put = own.find(({ name }) => name === 'PUT')!
    expect(put.kind).toBe(3)
    expect(attributesOf(put)).toEqual({
      'rackwarden.service': 'lamp',
      'rackwarden.instance': 'default',
      'http.request.method': 'PUT',
      'http.response.status_code': 200,
    })
    expect(attributesOf(failed!)).toMatchObject({ 'error.type': 'not_found', 'rackwarden.result': 'error' })
    expect(failed!.status.code).toBe(2)
    for (const secret of ['hunter2', 'lamp.simulated', 'the-name-of-a-fuse', confirm]) expect(collector.state.bodies).not.toContain(secret)
    expect(collector.state.resource).toContainEqual({ key: 'service.name', value: { stringValue: 'rackwarden-lamp' } })
    expect(said).toEqual([])
  })

  test('a call belongs to the trace of its client, by its message first and by its header else, in both eras', async () => {
    const collector = await startCollector()
    const { server, telemetry } = await serveTraced(collector.endpoint)
    const parent = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`
    await send(server.port, { headers: proper, body: call('get_level', {}, { traceparent: parent('a') }) })
    await send(server.port, { headers: { ...proper, traceparent: parent('b') }, body: call('get_level') })
    await send(server.port, { headers: { ...proper, traceparent: parent('b') }, body: call('get_level', {}, { traceparent: parent('c') }) })
    await send(server.port, { headers: { ...(await openSession(server.port)), traceparent: parent('d') }, body: call('get_level') })
    await callModern(server.port, { name: 'get_level' }, { traceparent: parent('e') })
    for (const wrong of ['', '00-0-0-00', parent('0'), `ff-${'a'.repeat(32)}-${'a'.repeat(16)}-01`, 'x'.repeat(10_000)])
      await send(server.port, { headers: proper, body: call('get_level', {}, { traceparent: wrong }) })
    await telemetry?.close()
    const traces = collector.spans
      .filter(({ name }) => name === 'tools/call')
      .map(({ traceId, parentSpanId }) => [traceId[0], parentSpanId?.length ?? 0])
    expect(traces.slice(0, 5)).toEqual([
      ['a', 16],
      ['b', 16],
      ['c', 16],
      ['d', 16],
      ['e', 16],
    ])
    expect(traces.slice(5).every(([, parentLength]) => parentLength === 0)).toBe(true)
    expect(traces).toHaveLength(10)
  })

  test('a collector that takes nothing costs no call, and is told of once', async () => {
    const collector = await startCollector()
    collector.state.status = 400
    const { server, telemetry, said } = await serveTraced(collector.endpoint)
    for (let round = 0; round < 3; round += 1)
      await Promise.all(
        Array.from({ length: 200 }, async (_, id) => {
          const { status } = await send(server.port, { headers: proper, body: { ...call('get_level'), id } })
          return status
        }),
      )
    await vi.waitFor(() => expect(said).toHaveLength(1), { timeout: 10_000 })
    expect(said[0]).toMatch(/^Traces cannot be sent to http:\/\/127\.0\.0\.1:\d+: .*Calls go on; this is said once\.$/)
    await telemetry?.close()
    expect(said).toHaveLength(1)
  })

  test('a dead endpoint costs no call, and the end waits for it no longer than a moment', async () => {
    const { server, telemetry } = await serveTraced('http://127.0.0.1:9')
    expect(await send(server.port, { headers: proper, body: call('get_level') })).toMatchObject({ status: 200 })
    await telemetry?.close()
  })

  test.each([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'not an address' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is no address of HTTP: nothing is traced.'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'file:///etc' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is no address of HTTP: nothing is traced.'],
  ])('where the environment is %j nothing is followed', async (environment, told) => {
    const said: string[] = []
    const warn = (message: string) => void said.push(message)
    expect(await openTelemetry({ name: 'x', version: '1', environment, warn })).toBeUndefined()
    expect(said[0]).toBe(told)
  })
})
