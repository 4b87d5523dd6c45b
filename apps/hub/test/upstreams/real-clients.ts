import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'

/** Where a client connects to. */
export type Destination = { url: string } | { command: string; args: string[]; cwd: string; env: Record<string, string> }

/** Who sits before a client, or is its model: what they are asked is kept. */
export interface Asked {
  readonly forms: { message: string; requestedSchema: { properties: Record<string, unknown> } }[]
  readonly prompts: { systemPrompt?: string; messages: { content: { text?: string } }[] }[]
  answer: () => { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, string | number | boolean> }
}

/** One block of what a tool answers. */
export interface Block {
  type: string
  text?: string
  data?: string
  mimeType?: string
  uri?: string
  resource?: { uri: string; text?: string; blob?: string }
}

interface Options {
  signal?: AbortSignal
  onprogress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void
}

/** What the clients of both lines of the SDK can do alike. */
export interface RealClient {
  readonly asked: Asked
  readonly hub: number | undefined
  readonly names: () => Promise<string[]>
  readonly call: (
    name: string,
    input?: Record<string, unknown>,
    options?: Options,
  ) => Promise<{ text: string; isError: boolean; blocks: Block[] }>
  readonly listResources: () => Promise<{ resources: { uri: string; name: string }[] }>
  readonly listResourceTemplates: () => Promise<{ resourceTemplates: { uriTemplate: string }[] }>
  readonly readResource: (request: { uri: string }) => Promise<{ contents: { uri: string; text?: string; blob?: string }[] }>
  readonly listPrompts: () => Promise<{ prompts: { name: string; arguments?: { name: string; required?: boolean }[] }[] }>
  readonly getPrompt: (request: { name: string; arguments?: Record<string, string> }) => Promise<{ messages: { content: Block }[] }>
  readonly complete: (request: { ref: object; argument: { name: string; value: string } }) => Promise<{ completion: { values: string[] } }>
  readonly close: () => Promise<void>
}

const identity = { name: 'test', version: '1' }
const capabilities = { elicitation: { form: {} }, sampling: {}, roots: {} }

/** The clients a hub is used with: both lines of the SDK, both eras. */
export const realClients: Record<string, (destination: Destination) => Promise<RealClient>> = {
  'the v1 client': async (destination) => {
    const client = new OldClient(identity, { capabilities })
    const asked = nobody()
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => answered(asked, params) as never)
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => sampled(asked, params) as never)
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///of-the-client', name: 'theirs' }] }))
    const transport = 'url' in destination ? new OldHttp(new URL(destination.url)) : new OldStdio({ ...destination, stderr: 'ignore' })
    await client.connect(transport)
    return wrapped(client as never, (request, options) => client.callTool(request as never, undefined, options), transport, asked)
  },
  'the v2 client in the 2025 era': (destination) => current(destination, new CurrentClient(identity, { capabilities })),
  'the v2 client in the 2026 era': (destination) =>
    current(destination, new CurrentClient(identity, { capabilities, versionNegotiation: { mode: 'auto' } })),
}

async function current(destination: Destination, client: CurrentClient): Promise<RealClient> {
  const asked = nobody()
  client.setRequestHandler('elicitation/create', ({ params }) => answered(asked, params) as never)
  client.setRequestHandler('sampling/createMessage', ({ params }) => sampled(asked, params) as never)
  client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///of-the-client', name: 'theirs' }] }))
  const transport =
    'url' in destination ? new CurrentHttp(new URL(destination.url)) : new CurrentStdio({ ...destination, stderr: 'ignore' })
  await client.connect(transport)
  return wrapped(client as never, (request, options) => client.callTool(request as never, options), transport, asked)
}

function nobody(): Asked {
  return { forms: [], prompts: [], answer: () => ({ action: 'cancel' }) }
}

async function answered(asked: Asked, params: unknown): Promise<unknown> {
  asked.forms.push(params as Asked['forms'][number])
  return asked.answer()
}

async function sampled(asked: Asked, params: unknown): Promise<unknown> {
  asked.prompts.push(params as Asked['prompts'][number])
  return { model: 'a-model', role: 'assistant', content: { type: 'text', text: 'said by the model of the client' } }
}

function wrapped(
  client: Pick<
    RealClient,
    'listResources' | 'listResourceTemplates' | 'readResource' | 'listPrompts' | 'getPrompt' | 'complete' | 'close'
  > & {
    listTools: () => Promise<{ tools: { name: string }[] }>
  },
  send: (request: object, options: object) => Promise<unknown>,
  transport: object,
  asked: Asked,
): RealClient {
  onTestFinished(() => client.close())
  return {
    asked,
    hub: 'pid' in transport ? (transport.pid as number) : undefined,
    names: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, input = {}, options = {}) {
      const { content = [], isError = false } = (await send({ name, arguments: input }, options)) as {
        content?: Block[]
        isError?: boolean
      }
      return { text: content.map((block) => block.text ?? '').join('\n'), isError, blocks: content }
    },
    listResources: () => client.listResources(),
    listResourceTemplates: () => client.listResourceTemplates(),
    readResource: (request) => client.readResource(request),
    listPrompts: () => client.listPrompts(),
    getPrompt: (request) => client.getPrompt(request),
    complete: (request) => client.complete(request),
    close: () => client.close(),
  }
}
