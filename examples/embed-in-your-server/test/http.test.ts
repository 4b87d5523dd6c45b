import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import docker from '@rackwarden/docker'
import { openService, readAudit, registerTools, type OpenedService } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory, tokenIn } from './places.ts'

const principal = (clientId: string | undefined) => `oauth:${clientId}`

/** Servers that are made anew for every request, without a port. */
const endpoints: Record<string, (service: OpenedService) => (request: Request, clientId: string) => Promise<Response>> = {
  'a v1 server': (service) => async (request, clientId) => {
    const server = new OldServer({ name: 'host', version: '1' })
    await registerTools(server, service, { principal })
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport)
    return transport.handleRequest(request, { authInfo: { token: 'verified', clientId, scopes: [] } })
  },
  'a v2 server': (service) => {
    const handler = createMcpHandler(async () => {
      const server = new McpServer({ name: 'host', version: '1' })
      await registerTools(server, service, { principal })
      return server
    })
    return (request, clientId) => handler.fetch(request, { authInfo: { token: 'verified', clientId, scopes: [] } })
  },
}

const cases = Object.keys(endpoints).flatMap((kind) => (['legacy', 'auto'] as const).map((mode) => [kind, mode] as const))

test.for(cases)('%s per request, over HTTP in mode %s, plans for whom it authenticated and for nobody else', async ([kind, mode]) => {
  const stateDirectory = temporaryDirectory()
  const simulation = await (await docker.simulate()).default()
  const service = await openService(docker, { environment: {}, stateDirectory, tier: 'operate', simulation, log: () => undefined })
  onTestFinished(() => service.close(0))
  const answer = endpoints[kind]!(service)
  const connect = async (clientId: string) => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    const fetch = async (url: string | URL, init?: RequestInit) => answer(new Request(url, init), clientId)
    await client.connect(new StreamableHTTPClientTransport(new URL('http://host.test/mcp'), { fetch }))
    onTestFinished(() => client.close())
    return async (input: Record<string, unknown>) => {
      const { content } = await client.callTool({ name: 'restart_container', arguments: input })
      return (content as { text: string }[])[0]?.text ?? ''
    }
  }
  const [anna, bert] = [await connect('anna'), await connect('bert')]
  const confirm = tokenIn(await anna({ container: 'api' }))
  expect(await bert({ container: 'api', confirm })).toMatch(/^denied: .*another principal/)
  expect(await anna({ container: 'api', confirm })).toMatch(/^DONE/)
  await service.close()
  const lines = await readAudit(stateDirectory, {})
  expect(lines.map((line) => line.principal)).toEqual(['oauth:anna', 'oauth:bert', 'oauth:anna', 'oauth:anna'])
})
