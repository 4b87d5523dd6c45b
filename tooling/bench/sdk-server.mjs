// The same echo on the SDK alone: one McpServer for each session, served by node:http.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** @type {Map<string, NodeStreamableHTTPServerTransport>} */
const sessions = new Map()

const http = createServer((request, response) => {
  const known = sessions.get(String(request.headers['mcp-session-id']))
  void Promise.resolve(known ?? openSession()).then((transport) => transport.handleRequest(request, response))
})
http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  console.error(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`)
})

async function openSession() {
  const server = new McpServer({ name: 'bench', version: '0.0.0' })
  const words = { title: 'Echo a text', description: 'Give back the text it was given.', inputSchema: z.object({ text: z.string() }) }
  server.registerTool('echo_get_echo', words, ({ text }) => ({ content: [{ type: 'text', text }] }))
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  })
  await server.connect(transport)
  return transport
}
