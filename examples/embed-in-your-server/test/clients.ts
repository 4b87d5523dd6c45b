import { Client as CurrentClient, type Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { onTestFinished } from 'vitest'

/** A tool's answer as a client sees it. */
export interface Answer {
  text: string
  isError: boolean
  structured?: unknown
}

/** A tool as a client sees it. */
export interface Listed {
  name: string
  description?: string
  inputSchema: object
  outputSchema?: object
  annotations?: object
}

/** What may accompany a call. */
export interface CallOptions {
  signal?: AbortSignal
  onprogress?: (progress: { progress: number; message?: string }) => void
}

/** What clients of both lines can do. */
export interface TestClient {
  tools(): Promise<Listed[]>
  call(name: string, input?: Record<string, unknown>, options?: CallOptions): Promise<Answer>
}

/** A program to start, or the near end of a connection in memory. */
export type Destination = { command: string; args: string[]; env: Record<string, string> } | { transport: Transport }

/** The clients a server must get along with. */
export const clients: Record<string, (destination: Destination) => Promise<TestClient>> = {
  'the v1 client': async (destination) => {
    const client = new OldClient(identity)
    await client.connect('transport' in destination ? destination.transport : new OldStdio({ ...destination, stderr: 'ignore' }))
    onTestFinished(() => client.close())
    return wrap(client as unknown as Speaker, (request, options) => client.callTool(request, undefined, options as never) as never)
  },
  'the v2 client': (destination) => current(destination, new CurrentClient(identity)),
  "the v2 client in mode 'auto'": (destination) =>
    current(destination, new CurrentClient(identity, { versionNegotiation: { mode: 'auto' } })),
}

const identity = { name: 'test', version: '1' }

/** What the clients of both lines have in common. */
interface Speaker {
  listTools(): Promise<{ tools: Listed[] }>
}

type Call = (
  request: { name: string; arguments: Record<string, unknown> },
  options: CallOptions,
) => Promise<{ content?: { text?: string }[]; isError?: boolean; structuredContent?: unknown }>

async function current(destination: Destination, client: CurrentClient): Promise<TestClient> {
  await client.connect('transport' in destination ? destination.transport : new CurrentStdio({ ...destination, stderr: 'ignore' }))
  onTestFinished(() => client.close())
  return wrap(client as unknown as Speaker, (request, options) => client.callTool(request, options as never) as never)
}

function wrap(client: Speaker, call: Call): TestClient {
  return {
    tools: async () => (await client.listTools()).tools,
    async call(name, input = {}, options = {}) {
      const { content = [], isError = false, structuredContent } = await call({ name, arguments: input }, options)
      const text = content.map((block) => block.text ?? '').join('\n')
      return { text, isError, ...(structuredContent === undefined ? {} : { structured: structuredContent }) }
    },
  }
}
