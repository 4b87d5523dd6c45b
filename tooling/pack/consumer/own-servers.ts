import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { McpServer as FirstLineServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer } from '@modelcontextprotocol/server'
import { prefixOf, type Service } from '@rackwarden/core'
import { openService, registerTools, type OpenServiceOptions } from '@rackwarden/core/runtime'

const identity = { name: 'consumer', version: '1.0.0' }

/** The names a client finds where a service is opened and added to a server of line v1. */
export async function namesOnFirstLine(service: Service, options: OpenServiceOptions): Promise<string[]> {
  const server = new FirstLineServer(identity)
  const registration = await registerTools(server, service, options)
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  const names = await namesAt(near)
  await registration.close()
  return names
}

/** The same on line v2, with a service that was opened before. */
export async function namesOnSecondLine(service: Service, options: OpenServiceOptions): Promise<string[]> {
  const server = new McpServer(identity)
  const opened = await openService(service, { ...options, prefix: prefixOf(service.name) })
  await registerTools(server, opened, { results: 'structured' })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  const names = await namesAt(near)
  await opened.close()
  return names
}

async function namesAt(transport: InMemoryTransport): Promise<string[]> {
  const client = new Client(identity)
  await client.connect(transport)
  const { tools } = await client.listTools()
  await client.close()
  return tools.map(({ name }) => name)
}
