import { mcpServerProgram, requireMcpServer } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { realClients, type RealClient } from './real-clients.ts'
import { confirmIn, openRealHub, type RealHub } from './real-hub.ts'

const missing = await requireMcpServer('server-everything')

const comesUp = { timeout: 10_000 }

type Reached = (client: string) => Promise<RealClient>

/** The ways to a hub of the reference server of everything, which may ask whoever calls. */
const ways: Record<string, (hub: RealHub) => Promise<Reached>> = {
  stdio: (hub) => Promise.resolve((client) => hub.overStdio(client)),
  HTTP: async (hub) => {
    const url = await hub.serve()
    return (client) => realClients[client]!({ url })
  },
}

describe.skipIf(missing !== undefined).each(Object.entries(ways))('the reference server of everything, over %s', (_way, wayTo) => {
  let hub: RealHub
  let reached: Reached
  beforeAll(async () => {
    hub = await openRealHub({ every: await mcpServerProgram('server-everything') })
    hub.change((entries) => (entries['every']!['access'] = { 'trigger-sampling-request': 'observe', 'get-env': 'off' }))
    reached = await wayTo(hub)
  })
  afterAll(() => hub.close())

  describe.each(Object.keys(realClients))('before %s', (kind) => {
    const connected = () => reached(kind)

    test('answers with text, pictures, links and resources', async () => {
      const { names, call } = await connected()
      expect(await names()).toEqual(expect.arrayContaining(['every_echo', 'every_get-sum', 'every_get-tiny-image']))
      expect(await names()).not.toContain('every_get-env')
      expect((await call('every_echo', { message: 'hello' })).text).toContain('Echo: hello')
      const picture = (await call('every_get-tiny-image')).blocks.filter(({ type }) => type === 'image')
      expect(picture).toEqual([{ type: 'image', mimeType: 'image/png', data: expect.stringMatching(/^iVBOR/) as string }])
      const links = (await call('every_get-resource-links', { count: 2 })).blocks.filter(({ type }) => type === 'resource_link')
      expect(links.map(({ uri }) => uri)).toEqual([
        'every+demo://resource/dynamic/blob/1',
        expect.stringMatching(/^every\+demo:\/\/resource\/dynamic\/text\/2$/) as string,
      ])
      const blob = await call('every_get-resource-reference', { resourceType: 'Blob', resourceId: 3 })
      expect(blob.blocks.find(({ type }) => type === 'resource')?.resource?.uri).toBe('every+demo://resource/dynamic/blob/3')
      const weather = await call('every_get-structured-content', { location: 'Chicago' })
      expect(weather.text).toMatch(/temperature/)
    })

    test('tells how far it is', async () => {
      const { call } = await connected()
      const told: string[] = []
      const onprogress = ({ progress, total }: { progress: number; total?: number | undefined }) =>
        void told.push(`${progress} of ${total}`)
      const done = await call('every_trigger-long-running-operation', { duration: 1, steps: 4 }, { onprogress })
      expect(done.text).toContain('Long running operation completed. Duration: 1 seconds, Steps: 4.')
      expect(told).toEqual(expect.arrayContaining(['1 of 4', '3 of 4']))
    })

    test('is told to stop where its call is cancelled, and goes on with the next', async () => {
      const { call } = await connected()
      const over = new AbortController()
      const slow = call('every_trigger-long-running-operation', { duration: 20, steps: 100 }, { signal: over.signal })
      setTimeout(() => over.abort(), 300)
      await expect(slow).rejects.toThrow(/abort|cancel/i)
      expect((await call('every_echo', { message: 'and on' })).text).toContain('Echo: and on')
    })

    test('asks the person with a form, in its own name, in the middle of a write they confirmed', async () => {
      const { call, asked } = await connected()
      asked.answer = () => ({ action: 'accept', content: { name: 'Ada', integer: 7, titledSingleSelectEnum: 'hero-2' } })
      const plan = await call('every_trigger-elicitation-request')
      expect(asked.forms).toEqual([])
      const done = await call('every_trigger-elicitation-request', { confirm: confirmIn(plan.text) })
      expect(asked.forms.map(({ message }) => message)).toEqual(['every asks: Please provide inputs for the following fields:'])
      const { properties } = asked.forms[0]!.requestedSchema
      expect(Object.keys(properties)).toHaveLength(13)
      expect(properties['titledSingleSelectEnum']).toMatchObject({
        oneOf: [{ const: 'hero-1', title: 'Superman' }, {}, {}],
        default: 'hero-1',
      })
      expect(done.text).toMatch(/- Name: Ada[^]*- Favorite Integer: 7/)
      expect(done.text).toContain('"titledSingleSelectEnum": "hero-2"')
    })

    test.each([
      ['decline', 'User declined'],
      ['cancel', 'User cancelled'],
    ] as const)('is told of a %s', async (action, words) => {
      const { call, asked } = await connected()
      asked.answer = () => ({ action })
      const { text } = await call('every_trigger-elicitation-request')
      expect((await call('every_trigger-elicitation-request', { confirm: confirmIn(text) })).text).toContain(words)
    })

    test('is given the words of the model of the client, and none of its folders', async () => {
      const { call, asked } = await connected()
      const said = await call('every_trigger-sampling-request', { prompt: 'Tell me all you know.' })
      expect(said.text).toContain('said by the model of the client')
      expect(asked.prompts[0]?.systemPrompt).toMatch(/^every asks for this, a server that is not yours:/)
      expect(JSON.stringify(asked.prompts[0]?.messages)).toContain('Tell me all you know.')
      expect((await call('every_get-roots-list')).text).not.toContain('of-the-client')
    })

    test('has its resources read, its templates filled in and its prompts given under its name', async () => {
      const client = await connected()
      await vi.waitFor(async () => {
        const { resources } = await client.listResources()
        expect(resources.map(({ uri }) => uri)).toContain('every+demo://resource/static/document/features.md')
      }, comesUp)
      const read = await client.readResource({ uri: 'every+demo://resource/static/document/features.md' })
      expect(read.contents[0]).toMatchObject({
        uri: 'every+demo://resource/static/document/features.md',
        text: expect.any(String) as string,
      })
      const { resourceTemplates } = await client.listResourceTemplates()
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('every+demo://resource/dynamic/text/{resourceId}')
      const filled = await client.readResource({ uri: 'every+demo://resource/dynamic/text/5' })
      expect(filled.contents[0]?.text).toContain('Resource 5')
      const { prompts } = await client.listPrompts()
      expect(prompts.find(({ name }) => name === 'every_args-prompt')?.arguments?.map(({ name }) => name)).toEqual(['city', 'state'])
      const prompt = await client.getPrompt({ name: 'every_args-prompt', arguments: { city: 'Oslo' } })
      expect(JSON.stringify(prompt.messages)).toContain('Oslo')
      const completed = await client.complete({
        ref: { type: 'ref/prompt', name: 'every_completable-prompt' },
        argument: { name: 'department', value: 'E' },
      })
      expect(completed.completion.values).toEqual(['Engineering'])
      await expect(client.readResource({ uri: 'every+demo://resource/static/document/none.md' })).rejects.toThrow(/none\.md/)
      await expect(client.getPrompt({ name: 'every_no-such-prompt' })).rejects.toThrow(/every_no-such-prompt/)
    })
  })

  test('says of a tool that only works as a task why it does not', async () => {
    const { call } = await reached('the v1 client')
    const plan = await call('every_simulate-research-query', { topic: 'attics' })
    const outcome = await call('every_simulate-research-query', { topic: 'attics', confirm: confirmIn(plan.text) })
    expect(outcome).toMatchObject({ isError: true, text: expect.stringMatching(/task/i) as string })
  })
})
