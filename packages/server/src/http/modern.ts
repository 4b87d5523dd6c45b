import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server'
import type { ListName, Log, ToolListing, View } from '@rackwarden/core/runtime'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listensOn } from '../json-rpc.ts'
import { bytesIn, type Encoded, type ListBytes } from '../encode.ts'
import { writeBody } from './exchange.ts'
import type { McpServerFactory } from '../mcp-server.ts'
import type { Viewer } from '../offers/offer.ts'

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
export function createModernServing({ create, bytesOf, log }: { create: McpServerFactory; bytesOf: ListBytes; log: Log }): ModernServing {
  const handler: McpHttpHandler = createMcpHandler(({ authInfo }) => create(authInfo?.extra?.viewer as Viewer), {
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
      let listed: readonly ToolListing[] | undefined
      const standIn = (tools: readonly ToolListing[]) => {
        listed = tools
        return []
      }
      const viewer: Viewer = { view, standIn }
      const authInfo = { token: '', clientId: view.caller.principal, scopes: [], extra: { viewer } }
      const answer = await handler.fetch(asked, { parsedBody: body, authInfo })
      if (listed !== undefined) return writeList(answer, bytesOf(listed), response)
      const written = write(answer, response)
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

/** The SDK would write the list anew for every request; what it wrote has an empty one in its place. */
async function writeList(answer: Response, list: Buffer, response: ServerResponse): Promise<void> {
  const text = await answer.text()
  if (response.destroyed) return
  // No id and no name can hold this: quotes in them are escaped.
  const [before = '', ...after] = text.split('"tools":[]')
  const body: Encoded = after.length === 1 ? [`${before}"tools":`, list, after[0] ?? ''] : text
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': bytesIn(body) })
  writeBody(response, body)
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
