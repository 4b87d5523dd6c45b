import { Agent, request } from 'node:http'

/**
 * Opens a legacy session over Streamable HTTP on one kept-alive socket; as thin as it gets, so that the server is measured.
 * @param {string} url
 */
export async function openSession(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  let id = 0

  /**
   * @param {object} message
   * @returns {Promise<string>}
   */
  const post = (message) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message })
      const sent = request(
        url,
        { method: 'POST', agent, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } },
        (response) => {
          const session = response.headers['mcp-session-id']
          if (typeof session === 'string') headers['mcp-session-id'] = session
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => (text += chunk))
          response.on('end', () =>
            (response.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })

  const clientInfo = { name: 'bench', version: '0' }
  await post({ id: ++id, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } })
  headers['mcp-protocol-version'] = '2025-11-25'
  await post({ method: 'notifications/initialized' })
  return {
    /**
     * @param {string} method
     * @param {object} [params]
     */
    ask: (method, params) => post({ id: ++id, method, ...(params === undefined ? {} : { params }) }),
    close: () => agent.destroy(),
  }
}
