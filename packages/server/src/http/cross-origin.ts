import type { IncomingMessage, ServerResponse } from 'node:http'

/** Lets a page whose origin passed the gate read the answers, and a browser ask beforehand. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  if (origin === undefined) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('vary', 'origin')
  response.setHeader('access-control-expose-headers', 'mcp-session-id, www-authenticate')
  if (request.method !== 'OPTIONS') return
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  const asked = request.headers['access-control-request-headers']
  if (typeof asked === 'string') response.setHeader('access-control-allow-headers', asked)
  response.setHeader('access-control-max-age', '600')
}
