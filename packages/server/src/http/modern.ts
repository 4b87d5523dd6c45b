import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server'
import type { ListName, Log, View } from '@rackwarden/core/runtime'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listensOn } from '../json-rpc.ts'
import type { McpServerFactory } from '../mcp-server.ts'

/** So many may wait for news at once. */
const mostListeners = 256

/** Serves requests of the 2026 era, each by itself. */
export interface ModernServing {
  serve(view: View, body: unknown, request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Tells those who listen that a list changed. */
  changed(list: ListName): void
  close(): Promise<void>
}

/** Makes the serving of the 2026 era; whose request it is travels with the request. */
export function createModernServing(create: McpServerFactory, log: Log): ModernServing {
  const handler: McpHttpHandler = createMcpHandler(({ authInfo }) => create({ view: authInfo?.extra?.view as View }), {
    legacy: 'reject',
    maxSubscriptions: mostListeners,
    onerror: (error) => log('info', `http: ${error.message}`),
  })
  return {
    async serve(view, body, request, response) {
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      const asked = new Request('http://localhost/mcp', {
        method: 'POST',
        headers: headersOf(request),
        signal: gone.signal,
      })
      const authInfo = { token: '', clientId: view.caller.principal, scopes: [], extra: { view } }
      const written = write(await handler.fetch(asked, { parsedBody: body, authInfo }), response)
      // Who waits for news is not work under way.
      if (listensOn(body)) written.catch(() => response.destroy())
      else await written
    },
    changed: (list) => handler.notify[`${list}Changed`](),
    close: () => handler.close(),
  }
}

/** Everything but what proves who is calling; it has done its work. */
function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (name !== 'authorization' && value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  return headers
}

async function write(answer: Response, response: ServerResponse): Promise<void> {
  if (response.destroyed) {
    await answer.body?.cancel()
    return
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body === null) {
    response.end()
    return
  }
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  for await (const chunk of answer.body) {
    if (response.destroyed) break
    if (!response.write(chunk)) await Promise.race([new Promise<void>((resolve) => response.once('drain', resolve)), closed])
  }
  response.end()
}
