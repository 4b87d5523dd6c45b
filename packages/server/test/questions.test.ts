import { Client as CurrentClient, StreamableHTTPClientTransport as CurrentHttp } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import type { CallRequest, CallResult, Surface } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startLab } from './lab.ts'
import { callModern as call, proper, rpc, send } from './raw.ts'

const identity = { name: 'test', version: '1' }
const question = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Who are you?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
} as const
const answer = { action: 'accept' as const, content: { name: 'Ada' } }

/** A surface whose tools ask for a name first, and say what they were given. */
function askingSurface(): Surface & { calls: CallRequest[] } {
  const calls: CallRequest[] = []
  const tool = (name: string) => ({ name, description: name, inputSchema: { type: 'object' }, annotations: {} })
  return {
    calls,
    name: 'asking',
    title: 'Asking',
    version: '1',
    services: [],
    list: () => [tool('get_name'), tool('get_title')],
    instructions: () => '',
    async call(request): Promise<CallResult> {
      calls.push(request)
      const { answers } = request.client ?? {}
      if (answers?.state === undefined)
        return { kind: 'pending', text: 'Asking', questions: { ask: { who: question }, state: { for: request.name } } }
      return { kind: 'done', text: JSON.stringify(answers), output: {} }
    },
  }
}

describe('a call that asks the client first', () => {
  test('comes again with the answer and the state, from a client of the 2025 era', async () => {
    const { server } = await startLab({ surface: askingSurface() })
    const client = new OldClient(identity, { capabilities: { elicitation: {} } })
    client.setRequestHandler(ElicitRequestSchema, () => answer)
    await client.connect(new OldHttp(new URL(server.url)))
    onTestFinished(() => client.close())
    const { content } = await client.callTool({ name: 'get_name', arguments: {} })
    expect(content).toEqual([{ type: 'text', text: JSON.stringify({ given: { who: answer }, state: { for: 'get_name' } }) }])
  })

  test('comes again with the answer and the state, from a client of the 2026 era', async () => {
    const { server } = await startLab({ surface: askingSurface() })
    const client = new CurrentClient(identity, { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } })
    client.setRequestHandler('elicitation/create', () => answer)
    await client.connect(new CurrentHttp(new URL(server.url)))
    onTestFinished(() => client.close())
    const { content } = await client.callTool({ name: 'get_name', arguments: {} })
    expect(content).toEqual([{ type: 'text', text: JSON.stringify({ given: { who: answer }, state: { for: 'get_name' } }) }])
  })

  test('knows what the client can be asked', async () => {
    const surface = askingSurface()
    const { server } = await startLab({ surface })
    await call(server.port, { name: 'get_name' }, {}, { sampling: {}, elicitation: {}, experimental: {} })
    expect(surface.calls[0]?.client).toEqual({ askable: ['elicitation', 'sampling'] })
  })

  test('fails in the 2026 era where the client cannot be asked, and says how else before', async () => {
    const { server } = await startLab({ surface: askingSurface() })
    expect(await call(server.port, { name: 'get_name' }, {}, {})).toMatchObject({ status: 400, error: { code: -32021 } })
    const old = await send(server.port, { headers: proper, body: rpc('tools/call', { name: 'get_name' }) })
    expect(JSON.parse(old.text)).toMatchObject({ result: { content: [{ text: 'Asking' }] } })
  })

  test('is not put to a client that only opens pages', async () => {
    const surface = askingSurface()
    const { server } = await startLab({ surface })
    await call(server.port, { name: 'get_name' }, {}, { elicitation: { url: {} } })
    expect(surface.calls[0]?.client).toEqual({ askable: [] })
  })
})

describe('the state that travels with a question', () => {
  const answered = { who: answer }

  async function asked() {
    const surface = askingSurface()
    const { server } = await startLab({ surface })
    const { result } = await call(server.port, { name: 'get_name' })
    return { port: server.port, surface, requestState: result.requestState as string }
  }

  test('is taken back from who was asked, for the same call', async () => {
    const { port, requestState } = await asked()
    const { result } = await call(port, { name: 'get_name', inputResponses: answered, requestState })
    expect(result.content[0].text).toContain('"for":"get_name"')
  })

  test.each([
    ['when it was changed', { requestState: (state: string) => `${state}x` }],
    ['for another tool', { name: 'get_title' }],
    ['for another input', { arguments: { more: true } }],
  ])(
    'is refused %s, and the call does not run',
    async (
      _,
      {
        requestState: changed = (state: string) => state,
        ...params
      }: Record<string, unknown> & { requestState?: (state: string) => string },
    ) => {
      const { port, surface, requestState } = await asked()
      const refused = await call(port, { name: 'get_name', inputResponses: answered, ...params, requestState: changed(requestState) })
      expect(refused).toMatchObject({ error: { code: -32602 } })
      expect(surface.calls).toHaveLength(1)
    },
  )

  test('is refused from another caller', async () => {
    const surface = askingSurface()
    const { server, tokens } = await startLab({ surface })
    const { token: one } = await tokens.create({ name: 'one' })
    const { token: other } = await tokens.create({ name: 'other' })
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const { result } = await call(server.port, { name: 'get_name' }, bearer(one))
    const again = { name: 'get_name', inputResponses: answered, requestState: result.requestState }
    expect(await call(server.port, again, bearer(other))).toMatchObject({ error: { code: -32602 } })
    expect(await call(server.port, again, bearer(one))).toHaveProperty('result')
  })

  test('is nothing an answer sent unasked can stand for', async () => {
    const { port, surface } = await asked()
    await call(port, { name: 'get_name', inputResponses: answered })
    expect(surface.calls[1]?.client?.answers).toEqual({ given: answered })
  })
})
