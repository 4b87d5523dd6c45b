import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Agent, request } from 'node:http'

/**
 * @typedef {{ text: string, isError: boolean }} Answer What a tool answered.
 * @typedef {{ refused: number }} Refusal The server turned the request away, with this status.
 * @typedef {object} Client
 * @property {(name: string, input: Record<string, unknown>, signal?: AbortSignal) => Promise<Answer | Refusal>} call
 * @property {() => Promise<string[] | Refusal>} list Names of the tools.
 * @property {() => Promise<void>} close
 * @property {() => void} leave Goes without a word.
 * @typedef {(url: string, token: string) => Promise<Client>} Connect
 */

const identity = { name: 'soak', version: '0' }
const refusals = [401, 404, 429, 503]

/** @type {Record<string, Connect>} */
export const clients = {
  'a session of 2025': openSession,
  'a session of 2025 that listens': async (url, token) => {
    const { headers, ...client } = await openSession(url, token)
    const leave = new AbortController()
    const stream = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal: leave.signal })
    void stream.text().catch(() => undefined)
    return {
      ...client,
      close: async () => {
        leave.abort()
        await client.close()
      },
    }
  },
  'requests of 2026': async (url, token) => {
    const agent = new Agent({ keepAlive: true })
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': identity,
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    return thin(url, agent, (method, params) => ({
      headers: {
        authorization: `Bearer ${token}`,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}),
      },
      params: { ...params, _meta: meta },
    }))
  },
  'single requests, as curl sends them': async (url, token) => {
    const agent = new Agent({ keepAlive: false })
    return thin(url, agent, (_method, params) => ({ headers: { authorization: `Bearer ${token}` }, params }))
  },
  'the v1 SDK': async (url, token) => {
    const client = new OldClient(identity)
    await client.connect(new OldHttp(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }))
    return ofSdk(/** @type {SdkClient} */ (/** @type {unknown} */ (client)))
  },
  'the v2 SDK': async (url, token) => {
    const client = new CurrentClient(identity, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new CurrentHttp(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }))
    const sdk = /** @type {SdkClient} */ (/** @type {unknown} */ (client))
    return ofSdk({
      listTools: () => sdk.listTools(),
      close: () => sdk.close(),
      // This line has its options in the second place.
      callTool: (asked, _schema, options) => sdk.callTool(asked, /** @type {never} */ (options), {}),
    })
  },
}

/**
 * @typedef {object} SdkClient What the clients of both lines have in common.
 * @property {(asked: object, schema: undefined, options: object) => Promise<{ content?: { text?: string }[], isError?: boolean }>} callTool
 * @property {() => Promise<{ tools: { name: string }[] }>} listTools
 * @property {() => Promise<void>} close
 */

/**
 * @param {SdkClient} client
 * @returns {Client}
 */
function ofSdk(client) {
  return {
    call: async (name, input, signal) =>
      orRefusal(async () => {
        const { content = [], isError = false } = await client.callTool(
          { name, arguments: input },
          undefined,
          signal === undefined ? {} : { signal },
        )
        return { text: content.map((block) => block.text ?? '').join('\n'), isError }
      }),
    list: async () => orRefusal(async () => (await client.listTools()).tools.map(({ name }) => name)),
    close: () => client.close(),
    leave: () => void client.close(),
  }
}

/**
 * The SDKs throw for a status that is no success; the older line only says it in words.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | Refusal>}
 */
async function orRefusal(work) {
  try {
    return await work()
  } catch (error) {
    const { code, status, message } = /** @type {{ code?: unknown, status?: unknown, message: string }} */ (error)
    const said = Number(/HTTP (\d{3})/.exec(message)?.[1])
    const refused = refusals.find((one) => one === code || one === status || one === said)
    if (refused === undefined) throw error
    return { refused }
  }
}

/**
 * @param {string} url
 * @param {string} token
 */
async function openSession(url, token) {
  const agent = new Agent({ keepAlive: true })
  /** @type {Record<string, string>} */
  const headers = { authorization: `Bearer ${token}` }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: identity }
  const begun = await post(url, agent, headers, { jsonrpc: '2.0', id: 0, method: 'initialize', params })
  if (begun.status !== 200) throw new Error(`initialize was answered ${begun.status}: ${begun.text}`)
  headers['mcp-session-id'] = String(begun.headers['mcp-session-id'])
  headers['mcp-protocol-version'] = '2025-11-25'
  await post(url, agent, headers, { jsonrpc: '2.0', method: 'notifications/initialized' })
  const client = thin(url, agent, (_method, asked) => ({ headers, params: asked }))
  return {
    ...client,
    headers,
    close: async () => {
      await fetch(url, { method: 'DELETE', headers }).catch(() => undefined)
      await client.close()
    },
  }
}

/**
 * A client as thin as it gets, which sees every answer as it came.
 * @param {string} url
 * @param {Agent} agent
 * @param {(method: string, params: Record<string, unknown>) => { headers: Record<string, string>, params: Record<string, unknown> }} dress
 * @returns {Client}
 */
function thin(url, agent, dress) {
  let last = 0
  /**
   * @param {string} method
   * @param {Record<string, unknown>} asked
   * @param {AbortSignal} [signal]
   * @returns {Promise<Refusal | { result: { content?: { text?: string }[], isError?: boolean, tools?: { name: string }[] } }>}
   */
  const ask = async (method, asked, signal) => {
    last += 1
    const id = last
    const { headers, params } = dress(method, asked)
    const { status, text } = await post(url, agent, headers, { jsonrpc: '2.0', id, method, params }, signal)
    if (refusals.includes(status)) return { refused: status }
    if (status !== 200) throw new Error(`${method} was answered ${status}: ${text.slice(0, 200)}`)
    const answer = JSON.parse(/^data: (.*"id".*)$/m.exec(text)?.[1] ?? text)
    if (answer.id !== id) throw new WrongAnswer(`request ${id} was given the answer to ${String(answer.id)}`)
    if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`)
    return { result: answer.result }
  }
  return {
    async call(name, input, signal) {
      const answer = await ask('tools/call', { name, arguments: input }, signal)
      if ('refused' in answer) return answer
      const { content = [], isError = false } = answer.result
      return { text: content.map((block) => block.text ?? '').join('\n'), isError }
    },
    async list() {
      const answer = await ask('tools/list', {})
      return 'refused' in answer ? answer : (answer.result.tools ?? []).map(({ name }) => name)
    },
    close: () => Promise.resolve(agent.destroy()),
    leave: () => agent.destroy(),
  }
}

/** An answer that belongs to another request. */
export class WrongAnswer extends Error {}

/**
 * @param {string} url
 * @param {Agent} agent
 * @param {Record<string, string>} headers
 * @param {object} message
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }>}
 */
function post(url, agent, headers, message, signal) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(message)
    const own = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': String(Buffer.byteLength(body)),
    }
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...own, ...headers }, ...(signal === undefined ? {} : { signal }) },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (/** @type {string} */ chunk) => (text += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
        answer.on('error', reject)
      },
    )
    sent.on('error', (error) => {
      // A kept-alive socket that the server closed just as it was used again: nothing was read from it.
      if (sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(post(url, agent, headers, message, signal))
      else reject(error)
    })
    sent.end(body)
  })
}
