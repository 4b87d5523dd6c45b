import { request as open, type IncomingHttpHeaders } from 'node:http'

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Sends one request with exactly these headers, and nothing a client library would add. */
export function send(
  port: number,
  {
    method = 'POST',
    path = '/mcp',
    headers = {},
    body,
  }: { method?: string; path?: string; headers?: Record<string, string>; body?: unknown },
): Promise<RawAnswer> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = open({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      let received = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (received += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text: received }))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** Headers a proper client of the 2025 era sends. */
export const proper = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** A JSON-RPC request. */
export function rpc(method: string, params: Record<string, unknown> = {}, id: number | string = 1): Record<string, unknown> {
  return { jsonrpc: '2.0', id, method, params }
}

/** What opens a session. */
export const initialize = rpc('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } })

/** Opens a session and gives back the header that names it. */
export async function openSession(port: number, headers: Record<string, string> = {}, path = '/mcp'): Promise<Record<string, string>> {
  const answer = await send(port, { path, headers: { ...proper, ...headers }, body: initialize })
  return { ...proper, ...headers, 'mcp-session-id': String(answer.headers['mcp-session-id']) }
}
