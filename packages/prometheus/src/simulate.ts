import { ToolError, type FetchOptions, type Simulate, type Simulation } from '@rackwarden/core'
import { basicAuthorization } from './alertmanager.ts'
import { matcherText } from './matchers.ts'
import { alertmanagerReply } from './simulation/alertmanager-answers.ts'
import { SimulatedMonitor } from './simulation/monitor.ts'
import { prometheusAnswer } from './simulation/prometheus-answers.ts'
import type { PrometheusWorld } from './simulation/world.ts'

const username = 'rackwarden'
const password = 'pretend-metrics-reader'
const authorization = basicAuthorization(username, password)

/** Makes a pretend Prometheus with its Alertmanager below it; time stands still in it. */
const simulate: Simulate = (world): Simulation => {
  const monitor = new SimulatedMonitor(world as PrometheusWorld | undefined)
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated Prometheus is only reached over HTTP.', { hint: 'Use fetch.' }))
  return {
    config: { url: 'http://prometheus.simulated', alertmanagerUrl: '/alertmanager', username, password },
    connection: { fetch: (target, options = {}) => answer(monitor, target, options), exec: refuse, dial: refuse },
    snapshot: () => ({
      silences: monitor.silences.map((silence) => ({
        matchers: silence.matchers.map(matcherText),
        state: monitor.stateOf(silence),
        comment: silence.comment,
      })),
    }),
  }
}

export default simulate

// Async, so that what goes wrong rejects as it would on the wire.
async function answer(monitor: SimulatedMonitor, target: string, options: FetchOptions): Promise<Response> {
  const { method = 'GET', signal, headers, body } = options
  signal?.throwIfAborted()
  const date = { date: new Date(monitor.now).toUTCString() }
  const json = (status: number, value: unknown) => Response.json(value, { status, headers: date })
  const page = (status: number, text: string) =>
    new Response(text, { status, headers: { ...date, 'content-type': 'text/plain; charset=utf-8' } })
  if (new Headers(headers).get('authorization') !== authorization) return page(401, 'Unauthorized\n')
  const { pathname, searchParams } = new URL(target, 'http://prometheus.simulated')
  const [, managed] = /^\/alertmanager\/api\/v2\/(.+)$/.exec(pathname) ?? []
  if (managed !== undefined) {
    const sent = typeof body === 'string' ? body : ''
    const reply = alertmanagerReply(monitor, { method, path: managed, query: searchParams, body: sent })
    if (reply === undefined) return json(404, { code: 404, message: `path ${pathname} was not found` })
    return reply.body === undefined ? new Response(null, { status: reply.status, headers: date }) : json(reply.status, reply.body)
  }
  const [, path] = /^\/api\/v1\/(.+)$/.exec(pathname) ?? []
  const answered = method === 'GET' && path !== undefined ? prometheusAnswer(monitor, decodeURIComponent(path), searchParams) : undefined
  if (answered === undefined) return page(404, '404 page not found\n')
  if ('data' in answered) return json(200, { status: 'success', data: answered.data })
  return json(answered.status, { status: 'error', errorType: answered.errorType, error: answered.error })
}
