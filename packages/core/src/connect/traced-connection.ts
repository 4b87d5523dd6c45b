import type { Connection, DialTarget } from '../define/connection.ts'
import type { SpanStart, Tracing } from '../measure/tracing.ts'

/** A way out on which every request is followed: which service and instance, by which method and with what status, and not where to. */
export function traceConnection(way: Connection, tracing: Tracing, of: { service: string; instance: string }): Connection {
  const start = (name: string, attributes: SpanStart['attributes'] = {}): SpanStart => ({
    name,
    kind: 'client',
    attributes: { 'rackwarden.service': of.service, 'rackwarden.instance': of.instance, ...attributes },
  })
  return {
    fetch: (target, options) => {
      const method = options?.method ?? 'GET'
      return tracing.span(start(method, { 'http.request.method': method }), async (span) => {
        const answer = await way.fetch(target, options)
        span.set({ 'http.response.status_code': answer.status })
        if (answer.status >= 400) span.fail(String(answer.status))
        return answer
      })
    },
    exec: (argv, options) => {
      const program = (argv[0] ?? '').split('/').at(-1) ?? ''
      return tracing.span(start(`exec ${program}`, { 'process.executable.name': program }), async (span) => {
        const result = await way.exec(argv, options)
        span.set({ 'process.exit.code': result.exitCode })
        return result
      })
    },
    dial: (target) => tracing.span(start('dial', { 'network.transport': transportOf(target) }), () => way.dial(target)),
    ...(way.datagram === undefined
      ? {}
      : {
          datagram: async (target, payload, options) =>
            tracing.span(start('datagram', { 'network.transport': 'udp' }), async () => {
              if (way.datagram === undefined) throw new TypeError('The way carries no datagrams.')
              return way.datagram(target, payload, options)
            }),
        }),
    ...(way.close === undefined ? {} : { close: () => way.close?.() ?? Promise.resolve() }),
  }
}

function transportOf(target: DialTarget): string {
  return 'socketPath' in target ? 'unix' : 'tcp'
}
