import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'
import { fetchOf, type CallOptions, type CallOutcome, type Destination } from './clients.ts'

/** What a person answers to a form. */
export interface Answer {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, string>
}

/** A form as a person sees it. */
export interface Form {
  message: string
  requestedSchema: { properties: Record<string, unknown> }
}

/** A client with a person before it. */
export interface AskedClient {
  call(
    name: string,
    input?: Record<string, unknown>,
    options?: CallOptions & { timeout?: number; resetTimeoutOnProgress?: boolean },
  ): Promise<CallOutcome>
  close(): Promise<void>
}

/** How the person behind a client answers. */
export type Person = (form: Form) => Answer | Promise<Answer>

type Connect = (destination: Destination, person: Person) => Promise<AskedClient>

const identity = { name: 'test', version: '1' }
const capabilities = { elicitation: {} }

/** The clients a person may sit before. */
export const askedClients: Record<string, Connect> = {
  'the v1 client': async (destination, person) => {
    const client = new OldClient(identity, { capabilities })
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ ...(await person(params as unknown as Form)) }))
    await client.connect(
      'url' in destination
        ? new OldHttp(new URL(destination.url), { requestInit: { headers: destination.headers ?? {} }, ...fetchOf(destination) })
        : new OldStdio({ ...destination, stderr: 'ignore' }),
    )
    return wrap((name, input, options) => client.callTool({ name, arguments: input }, undefined, options), client)
  },
  'the v2 client': (destination, person) => current(destination, person, new CurrentClient(identity, { capabilities })),
  "the v2 client in mode 'auto'": (destination, person) =>
    current(destination, person, new CurrentClient(identity, { capabilities, versionNegotiation: { mode: 'auto' } })),
}

async function current(destination: Destination, person: Person, client: CurrentClient): Promise<AskedClient> {
  client.setRequestHandler('elicitation/create', async ({ params }) => ({ ...(await person(params as unknown as Form)) }))
  await client.connect(
    'url' in destination
      ? new CurrentHttp(new URL(destination.url), { requestInit: { headers: destination.headers ?? {} }, ...fetchOf(destination) })
      : new CurrentStdio({ ...destination, stderr: 'ignore' }),
  )
  return wrap((name, input, options) => client.callTool({ name, arguments: input }, options), client)
}

function wrap(
  send: (name: string, input: Record<string, unknown>, options: object) => Promise<unknown>,
  client: { close(): Promise<void> },
): AskedClient {
  onTestFinished(() => client.close())
  return {
    async call(name, input = {}, options = {}) {
      const { content = [], isError = false } = (await send(name, input, options)) as { content?: { text?: string }[]; isError?: boolean }
      return { text: content.map((block) => block.text ?? '').join('\n'), isError }
    },
    close: () => client.close(),
  }
}
