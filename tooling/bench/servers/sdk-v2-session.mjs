// The echo tools on the SDK alone: one McpServer for each session, served by node:http.
import { randomUUID } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { listen } from './listen.mjs'
import { createServer } from './sdk-v2-tools.mjs'

/** @type {Map<string, NodeStreamableHTTPServerTransport>} */
const sessions = new Map()

listen(
  createHttpServer((request, response) => {
    const known = sessions.get(String(request.headers['mcp-session-id']))
    void Promise.resolve(known ?? openSession()).then((transport) => transport.handleRequest(request, response))
  }),
)

async function openSession() {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  await createServer().connect(transport)
  return transport
}
