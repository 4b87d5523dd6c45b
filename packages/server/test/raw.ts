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

/** What every request of the 2026 era says of its client. */
const envelopeOf = (capabilities: object) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
})

/** What a call of the 2026 era came to, as it came. */
export interface ModernAnswer {
  status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the server sent
  result?: any
  error?: { code: number; message: string }
}

/** Calls a tool in the 2026 era. */
export async function callModern(
  port: number,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
  capabilities: object = { elicitation: {} },
): Promise<ModernAnswer> {
  const own = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': String(params['name']) }
  const { status, text } = await send(port, {
    headers: { ...proper, ...own, ...headers },
    body: rpc('tools/call', { arguments: {}, ...params, _meta: envelopeOf(capabilities) }),
  })
  return { status, ...(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as object) }
}
