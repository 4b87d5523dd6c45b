// An MCP server on @modelcontextprotocol/sdk (v1) with a tool of its own and those of Docker, over stdio.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { registerTools } from '@rackwarden/core/runtime'
import docker from '@rackwarden/docker'
import { z } from 'zod'

// `--demo` looks at a pretend engine instead of the one of this machine.
const simulation = process.argv.includes('--demo') ? await (await docker.simulate()).default() : undefined

const server = new McpServer({ name: 'my-server', version: '1.0.0' })

server.registerTool('get_greeting', { description: 'My own tool.', inputSchema: { name: z.string() } }, ({ name }) => ({
  content: [{ type: 'text', text: `Hello ${name}.` }],
}))

const registered = await registerTools(server, docker, { tier: 'operate', simulation })

await server.connect(new StdioServerTransport())

process.stdin.once('end', () => void server.close().then(() => registered.close()))
