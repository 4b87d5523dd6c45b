import { Agent, request } from 'node:http'

/**
 * @typedef {object} Session
 * @property {(method: string, params?: Record<string, unknown>) => Promise<string>} ask Sends a request and gives the text of its answer.
 * @property {() => Promise<void>} end Ends the session at the server, too.
 * @property {() => void} close
 */

const clientInfo = { name: 'bench', version: '0' }
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const initialize = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } }
const initialized = { method: 'notifications/initialized' }

/**
 * Opens a legacy session over Streamable HTTP on kept-alive sockets; as thin as it gets, so that the server is measured.
 * @param {string} url
 * @param {number} [sockets]
 * @returns {Promise<Session>}
 */
export async function openSession(url, sockets = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  /** @type {Record<string, string>} */
  const headers = { ...json }
  let id = 0
  const { headers: answered } = await send(url, { agent, headers, message: initialize })
  const session = answered['mcp-session-id']
  if (typeof session === 'string') headers['mcp-session-id'] = session
  headers['mcp-protocol-version'] = '2025-11-25'
  await send(url, { agent, headers, message: initialized })
  return {
    ask: async (method, params) => (await send(url, { agent, headers, message: { id: ++id, method, params } })).text,
    end: async () => {
      await send(url, { agent, headers, method: 'DELETE' })
      agent.destroy()
    },
    close: () => agent.destroy(),
  }
}

/**
 * The current protocol, without a session: every request says all of itself.
 * @param {string} url
 * @param {number} [sockets]
 * @returns {Session}
 */
export function withoutSession(url, sockets = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  let id = 0
  const close = () => agent.destroy()
  return {
    ask: async (method, params = {}) => {
      const name = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}
      const headers = { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name }
      return (await send(url, { agent, headers, message: { id: ++id, method, params: { ...params, _meta: meta } } })).text
    },
    end: () => Promise.resolve(close()),
    close,
  }
}

/**
 * The transport of 2024, which some peers serve alone: answers come on a stream beside the requests.
 * @param {string} url
 * @param {number} [sockets]
 * @returns {Promise<Session>}
 */
export async function openEventStream(url, sockets = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  /** @type {Map<number, (text: string) => void>} */
  const waiting = new Map()
  let id = 0
  const stream = request(url, { headers: { accept: 'text/event-stream' } })
  const post = /** @type {string} */ (
    await new Promise((resolve, reject) => {
      stream.once('error', reject)
      stream.once('response', (response) => {
        let rest = ''
        response.once('close', () => reject(new Error(`${url} ended its stream with ${response.statusCode}.`)))
        response.setEncoding('utf8').on('data', (chunk) => {
          const events = (rest + chunk).split(/\r?\n\r?\n/)
          rest = events.pop() ?? ''
          for (const event of events) {
            const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? ''
            if (event.includes('event: endpoint')) resolve(new URL(data, url).href)
            else if (data.startsWith('{')) settle(data)
          }
        })
      })
      stream.end()
    })
  )

  function settle(/** @type {string} */ data) {
    const answered = JSON.parse(data).id
    waiting.get(answered)?.(data)
    waiting.delete(answered)
  }

  /**
   * @param {string} method
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<string>}
   */
  const ask = async (method, params) => {
    const message = { id: ++id, method, params }
    /** @type {Promise<string>} */
    const answer = new Promise((resolve) => waiting.set(message.id, resolve))
    await send(post, { agent, headers: json, message })
    return answer
  }
  const close = () => {
    stream.destroy()
    agent.destroy()
  }
  await ask('initialize', initialize.params)
  await send(post, { agent, headers: json, message: initialized })
  return { ask, end: () => Promise.resolve(close()), close }
}

/**
 * @param {string} url
 * @param {{ agent: Agent, headers: Record<string, string>, message?: object, method?: string }} options
 * @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, text: string }>}
 */
function send(url, { agent, headers, message, method = 'POST' }) {
  return new Promise((resolve, reject) => {
    const body = message === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', ...message })
    const sent = request(url, { method, agent, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () =>
        (response.statusCode ?? 500) < 300
          ? resolve({ headers: response.headers, text })
          : reject(new Error(`${response.statusCode} ${text}`)),
      )
    })
    sent.on('error', (error) => {
      // A kept-alive socket that the server closed just as it was used again: nothing was read from it.
      if (sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET')
        resolve(send(url, { agent, headers, method, ...(message === undefined ? {} : { message }) }))
      else reject(error)
    })
    sent.end(body)
  })
}
