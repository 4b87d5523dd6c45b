// An MCP server on @modelcontextprotocol/server (v2) with a tool of its own and those of Docker, over stdio.
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { openService, registerTools } from '@rackwarden/core/runtime'
import docker from '@rackwarden/docker'
import { z } from 'zod'

// `--demo` looks at a pretend engine instead of the one of this machine.
const simulation = process.argv.includes('--demo') ? await (await docker.simulate()).default() : undefined

// v2 makes a server per connection or request: the service is opened once, and registered on each.
const service = await openService(docker, { prefix: 'docker_', tier: 'operate', simulation })

serveStdio(async () => {
  const server = new McpServer({ name: 'my-server', version: '1.0.0' }, { instructions: service.instructions() })

  server.registerTool('get_greeting', { description: 'My own tool.', inputSchema: z.object({ name: z.string() }) }, ({ name }) => ({
    content: [{ type: 'text', text: `Hello ${name}.` }],
  }))

  await registerTools(server, service)
  return server
})

process.stdin.once('end', () => void service.close())
