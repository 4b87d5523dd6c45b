// The echo tools on the SDK's maintenance line, from the directory in BENCH_PEER: `session` or `request`.
import { randomUUID } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createRequire } from 'node:module'
import { prefixedNames, words } from './echo-tools.mjs'
import { listen } from './listen.mjs'

const peer = createRequire(`${process.env['BENCH_PEER']}/package.json`)
const { McpServer } = peer('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = peer('@modelcontextprotocol/sdk/server/streamableHttp.js')
const { z } = peer('zod')
const perRequest = process.argv[2] === 'request'
const sessions = new Map()

listen(
  createHttpServer((request, response) => {
    const known = sessions.get(request.headers['mcp-session-id'])
    void Promise.resolve(known ?? open()).then((transport) => transport.handleRequest(request, response))
  }),
)

async function open() {
  const server = new McpServer({ name: 'bench', version: '0.0.0' })
  const inputSchema = { text: z.string().describe('Text to give back.') }
  for (const name of prefixedNames)
    server.registerTool(name, { ...words, inputSchema }, (/** @type {{ text: string }} */ { text }) => ({
      content: [{ type: 'text', text }],
    }))
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: perRequest ? undefined : randomUUID,
    onsessioninitialized: (/** @type {string} */ id) => sessions.set(id, transport),
  })
  await server.connect(transport)
  return transport
}
