import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { LoggingMessageNotificationSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import type { Surface } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createFixtureSurface } from './fixture-surface.ts'
import { startLab } from './lab.ts'
import { proper, rpc, send } from './raw.ts'

const image = { type: 'image', data: 'aGk=', mimeType: 'image/png' }

/** The fixture with parts beside its tools, and the changes somebody waits for. */
function surfaceWith(parts: Partial<Surface>): Surface {
  return { ...createFixtureSurface(), ...parts }
}

function notes(): { parts: Partial<Surface>; watched: Map<string, () => void> } {
  const watched = new Map<string, () => void>()
  const resources: Surface['resources'] = {
    list: () => [{ uri: 'note://one', name: 'one' }],
    templates: () => [{ uriTemplate: 'note://{name}', name: 'any' }],
    read: async ({ uri }) => (uri === 'note://one' ? [{ uri, text: 'first' }] : undefined),
    watch({ uri }, changed) {
      watched.set(uri, changed)
      return () => watched.delete(uri)
    },
  }
  return { parts: { resources }, watched }
}

async function connect(surface: Surface, options: Parameters<typeof startLab>[0] = {}) {
  const { server, logged } = await startLab({ surface, ...options })
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)))
  onTestFinished(() => client.close())
  return { client, server, logged }
}

describe('a surface with tools alone', () => {
  test('promises nothing else', async () => {
    const { client } = await connect(createFixtureSurface())
    expect(client.getServerCapabilities()).toEqual({ tools: {} })
  })
})

describe('content that is more than text', () => {
  test.each(['text', 'structured'] as const)('is sent as it is to an endpoint for %s', async (results) => {
    const call: Surface['call'] = async () => ({ kind: 'done', text: 'an image', output: {}, content: [image] })
    const { client } = await connect(surfaceWith({ call }), { results })
    expect(await client.callTool({ name: 'get_level', arguments: {} })).toMatchObject({ content: [image] })
  })

  test('keeps a failure a failure', async () => {
    const error = { code: 'upstream', message: 'broken' } as const
    const call: Surface['call'] = async () => ({ kind: 'error', text: 'broken', error, content: [image] })
    const { client } = await connect(surfaceWith({ call }))
    expect(await client.callTool({ name: 'get_level', arguments: {} })).toMatchObject({ content: [image], isError: true })
  })
})

describe('resources', () => {
  test('are listed and read', async () => {
    const { client } = await connect(surfaceWith(notes().parts))
    expect((await client.listResources()).resources).toEqual([{ uri: 'note://one', name: 'one' }])
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([{ uriTemplate: 'note://{name}', name: 'any' }])
    expect((await client.readResource({ uri: 'note://one' })).contents).toEqual([{ uri: 'note://one', text: 'first' }])
    await expect(client.readResource({ uri: 'note://none' })).rejects.toMatchObject({ data: { uri: 'note://none' } })
  })

  test('tell a session of changes until it asks for no more', async () => {
    const { parts, watched } = notes()
    const { client } = await connect(surfaceWith(parts))
    const told: string[] = []
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri))
    await client.subscribeResource({ uri: 'note://one' })
    await vi.waitFor(() => {
      watched.get('note://one')?.()
      expect(told).toContain('note://one')
    })
    await client.unsubscribeResource({ uri: 'note://one' })
    expect(watched.size).toBe(0)
  })

  test('are watched for nobody once the session is over', async () => {
    const { parts, watched } = notes()
    const { client, server } = await connect(surfaceWith(parts))
    await client.subscribeResource({ uri: 'note://one' })
    expect(watched.size).toBe(1)
    await server.close()
    expect(watched.size).toBe(0)
  })

  test('are watched only so many for one session', async () => {
    const { client } = await connect(surfaceWith(notes().parts))
    for (let index = 0; index < 100; index += 1) await client.subscribeResource({ uri: `note://${index}` })
    await expect(client.subscribeResource({ uri: 'note://more' })).rejects.toThrow(/at most 100/)
    await client.subscribeResource({ uri: 'note://7' })
  })

  test('promise no changes to a client that does not stay', async () => {
    const { server } = await startLab({ surface: surfaceWith(notes().parts) })
    const headers = { ...proper, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' }
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const { text } = await send(server.port, { headers, body: rpc('server/discover', { _meta: meta }) })
    expect(JSON.parse(text).result.capabilities.resources).toEqual({})
  })
})

describe('prompts', () => {
  const prompts: Surface['prompts'] = {
    list: () => [{ name: 'greet', arguments: [{ name: 'who', required: true }] }],
    async get({ name, input }) {
      if (name === 'broken') throw new Error('the password is hunter2')
      return name === 'greet' ? { messages: [{ role: 'user', content: { type: 'text', text: `Hello ${input.who}` } }] } : undefined
    },
  }

  test('are listed, and given with what was filled in', async () => {
    const { client } = await connect(surfaceWith({ prompts }))
    expect((await client.listPrompts()).prompts).toEqual([{ name: 'greet', arguments: [{ name: 'who', required: true }] }])
    const { messages } = await client.getPrompt({ name: 'greet', arguments: { who: 'Ada' } })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Hello Ada' } }])
    await expect(client.getPrompt({ name: 'none' })).rejects.toThrow("There is no prompt 'none'")
  })

  test('that break tell the log what happened, not the client', async () => {
    const { client, logged } = await connect(surfaceWith({ prompts }))
    await expect(client.getPrompt({ name: 'broken' })).rejects.toThrow(/its log says why/)
    expect(logged).toContain('error: prompt broken: the password is hunter2')
  })
})

describe('completion', () => {
  test('gives the first hundred values and says that there are more', async () => {
    const complete: Surface['complete'] = async ({ of, field, begun }) =>
      'prompt' in of ? Array.from({ length: 150 }, (_, index) => `${of.prompt}.${field}.${begun}${index}`) : [of.resource]
    const { client } = await connect(surfaceWith({ complete }))
    const argument = { name: 'who', value: 'A' }
    const { completion } = await client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument })
    expect(completion).toMatchObject({ total: 150, hasMore: true })
    expect(completion.values).toHaveLength(100)
    expect(completion.values[0]).toBe('greet.who.A0')
    const other = await client.complete({ ref: { type: 'ref/resource', uri: 'note://{name}' }, argument })
    expect(other.completion).toEqual({ values: ['note://{name}'], total: 1, hasMore: false })
  })
})

describe("the client's log", () => {
  test('is written to from the level the client asked for', async () => {
    const call: Surface['call'] = async ({ log }) => {
      log?.({ level: 'info', data: 'quiet' })
      log?.({ level: 'error', data: 'loud', logger: 'door' })
      return { kind: 'done', text: 'logged', output: {} }
    }
    const { client } = await connect(surfaceWith({ call, logs: true }))
    const lines: unknown[] = []
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void lines.push(params))
    await client.setLoggingLevel('warning')
    await client.callTool({ name: 'get_level', arguments: {} })
    await vi.waitFor(() => expect(lines).toEqual([{ level: 'error', data: 'loud', logger: 'door' }]))
  })

  test('is not there for a surface that does not log', async () => {
    const seen: boolean[] = []
    const call: Surface['call'] = async ({ log }) => {
      seen.push(log !== undefined)
      return { kind: 'done', text: '', output: {} }
    }
    const { client } = await connect(surfaceWith({ call }))
    await client.callTool({ name: 'get_level', arguments: {} })
    expect(seen).toEqual([false])
  })
})
