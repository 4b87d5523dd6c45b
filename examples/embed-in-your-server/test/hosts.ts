import { InMemoryTransport, type Transport } from '@modelcontextprotocol/client'
import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { ToolHost } from '@rackwarden/core/runtime'
import { onTestFinished } from 'vitest'
import { z } from 'zod'

/** Servers of somebody else's, each with a tool of its own. */
export const hosts: Record<string, (add: (server: ToolHost) => Promise<unknown>) => Promise<Transport>> = {
  'a v1 server': async (add) => {
    const server = new OldServer(identity)
    server.registerTool('get_greeting', { description: own, inputSchema: { name: z.string() } }, greet)
    await add(server)
    const [near, far] = InMemoryTransport.createLinkedPair()
    await server.connect(far)
    onTestFinished(() => server.close())
    return near
  },
  // What serves stdio decides the era, whatever the transport is.
  'a v2 server': async (add) => {
    const [near, far] = InMemoryTransport.createLinkedPair()
    const serving = serveStdio(
      async () => {
        const server = new McpServer(identity)
        server.registerTool('get_greeting', { description: own, inputSchema: z.object({ name: z.string() }) }, greet)
        await add(server)
        return server
      },
      { transport: far },
    )
    onTestFinished(() => serving.close())
    return near
  },
}

const identity = { name: 'host', version: '1' }
const own = 'A tool of the host.'

function greet({ name }: { name: string }) {
  return { content: [{ type: 'text' as const, text: `Hello ${name}.` }] }
}
