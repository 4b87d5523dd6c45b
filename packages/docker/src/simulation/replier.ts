import type { SimulatedEngine } from './engine.ts'

/** How the pretend engine answers. */
export interface Replier {
  json(body: unknown, status?: number): Response
  error(status: number, message: string): Response
  text(body: string): Response
  bytes(body: Uint8Array, isPlain: boolean): Response
  /** A body that comes as long as it comes. */
  stream(body: ReadableStream<Uint8Array>): Response
  empty(status: 200 | 204 | 304): Response
}

/** Makes the answers of one engine. */
export function replierOf({ world, now }: SimulatedEngine): Replier {
  const headers = (type: string) => ({ 'api-version': world.apiVersion, date: new Date(now).toUTCString(), 'content-type': type })
  const json: Replier['json'] = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: headers('application/json') })
  const framed = (isPlain: boolean) => headers(`application/vnd.docker.${isPlain ? 'raw' : 'multiplexed'}-stream`)
  return {
    json,
    error: (status, message) => json({ message }, status),
    text: (body) => new Response(body, { headers: headers('text/plain; charset=utf-8') }),
    bytes: (body, isPlain) => new Response(body, { headers: framed(isPlain) }),
    stream: (body) => new Response(body, { headers: framed(false) }),
    empty: (status) => new Response(null, { status, headers: headers('text/plain') }),
  }
}
