import { randomUUID } from 'node:crypto'

/**
 * Reads a JSON body and answers what `answer` makes of it; nothing is checked.
 * @param {(message: any) => unknown} answer A result, or undefined for what needs none.
 * @returns {import('node:http').RequestListener}
 */
export function answering(answer) {
  return (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => void send(response, JSON.parse(body || '{}')))
  }

  /**
   * @param {import('node:http').ServerResponse} response
   * @param {any} message
   */
  async function send(response, message) {
    if (message.id === undefined) {
      response.writeHead(202).end()
      return
    }
    const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: await answer(message) })
    const session = message.method === 'initialize' ? { 'mcp-session-id': randomUUID() } : {}
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...session }).end(text)
  }
}

/** What every floor says of itself. */
export const initialized = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'floor', version: '0' } }
