import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** What every client of the tests can do, whichever SDK it is made of. */
export interface TestClient {
  tools(): Promise<{ name: string; inputSchema: object; outputSchema?: object | undefined }[]>
  call(name: string, input?: Record<string, unknown>, options?: CallOptions): Promise<CallOutcome>
  instructions(): string | undefined
  close(): Promise<void>
}

/** What may accompany a call. */
export interface CallOptions {
  signal?: AbortSignal
  onprogress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void
}

/** A tool's answer as a client sees it. */
export interface CallOutcome {
  text: string
  isError: boolean
  structured?: unknown
}

/** Where a client connects to. */
export type Destination =
  | { url: string; headers?: Record<string, string>; fetch?: typeof globalThis.fetch }
  | { command: string; args: string[]; env?: Record<string, string> }

/** What a client goes out by, where it is not the usual way. */
export function fetchOf(destination: { fetch?: typeof globalThis.fetch }): { fetch?: typeof globalThis.fetch } {
  return destination.fetch === undefined ? {} : { fetch: destination.fetch }
}

const identity = { name: 'test', version: '1' }

/** The clients every server must get along with. */
export const clients: Record<string, (destination: Destination) => Promise<TestClient>> = {
  'the v1 client': async (destination) => {
    const client = new OldClient(identity)
    const transport =
      'url' in destination
        ? new OldHttp(new URL(destination.url), { requestInit: { headers: destination.headers ?? {} }, ...fetchOf(destination) })
        : new OldStdio({ ...destination, stderr: 'ignore' })
    await client.connect(transport)
    return wrap(client as unknown as AnyClient)
  },
  'the v2 client': (destination) => current(destination, new CurrentClient(identity)),
  "the v2 client in mode 'auto'": (destination) =>
    current(destination, new CurrentClient(identity, { versionNegotiation: { mode: 'auto' } })),
}

async function current(destination: Destination, client: CurrentClient): Promise<TestClient> {
  const transport =
    'url' in destination
      ? new CurrentHttp(new URL(destination.url), { requestInit: { headers: destination.headers ?? {} }, ...fetchOf(destination) })
      : new CurrentStdio({ ...destination, stderr: 'ignore' })
  await client.connect(transport)
  const v1Style = client as unknown as AnyClient
  return wrap({
    listTools: () => v1Style.listTools(),
    callTool: (request, _schema, options) => client.callTool(request as never, options) as never,
    getInstructions: () => v1Style.getInstructions(),
    close: () => v1Style.close(),
  })
}

/** What the clients of both SDKs have in common. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string; inputSchema: object; outputSchema?: object }[] }>
  callTool(
    request: object,
    schema: undefined,
    options: object,
  ): Promise<{ content?: { text?: string }[]; isError?: boolean; structuredContent?: unknown }>
  getInstructions(): string | undefined
  close(): Promise<void>
}

function wrap(client: AnyClient): TestClient {
  return {
    tools: async () => (await client.listTools()).tools,
    async call(name, input = {}, options = {}) {
      const { content = [], isError = false, structuredContent } = await client.callTool({ name, arguments: input }, undefined, options)
      const text = content.map((block) => block.text ?? '').join('\n')
      return { text, isError, ...(structuredContent === undefined ? {} : { structured: structuredContent }) }
    },
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  }
}
