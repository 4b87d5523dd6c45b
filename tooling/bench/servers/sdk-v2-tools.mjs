import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { prefixedNames, words } from './echo-tools.mjs'

/** The echo tools on the SDK's own server. */
export function createServer() {
  const server = new McpServer({ name: 'bench', version: '0.0.0' })
  const inputSchema = z.object({ text: z.string().describe('Text to give back.') })
  for (const name of prefixedNames)
    server.registerTool(name, { ...words, inputSchema }, ({ text }) => ({ content: [{ type: 'text', text }] }))
  return server
}
