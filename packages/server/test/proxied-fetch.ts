import { request as open, Agent } from 'node:https'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { onTestFinished } from 'vitest'

/** A way out that finds every name at one port of this machine, and trusts one authority. */
export function proxiedFetch({ port, authority }: { port: number; authority: string }, localAddress = '127.0.0.1'): typeof fetch {
  const agent = new Agent({ keepAlive: true, ca: authority })
  onTestFinished(() => agent.destroy())
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const headers = { ...Object.fromEntries(new Headers(init.headers)), host: url.host }
      const request = open(
        {
          host: '127.0.0.1',
          port,
          localAddress,
          servername: url.hostname,
          agent,
          path: url.pathname + url.search,
          method: init.method ?? 'GET',
          headers,
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (answer) => {
          const status = answer.statusCode ?? 0
          const hasBody = status !== 204 && status !== 304
          const body = Readable.toWeb(answer) as ReadableStream<Uint8Array>
          const told = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
            values.map((value): [string, string] => [name, value]),
          )
          resolve(new Response(hasBody ? body : null, { status, headers: told }))
        },
      )
      request.on('error', reject)
      request.end(init.body ?? undefined)
    })
}
