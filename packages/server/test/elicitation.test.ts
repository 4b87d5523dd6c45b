import { Client } from '@modelcontextprotocol/client'
import { InMemoryTransport, Server } from '@modelcontextprotocol/server'
import { adminAcknowledgement } from '@rackwarden/core'
import type { Surface } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createActivity } from '../src/activity.ts'
import { createGuard } from '../src/offers/guard.ts'
import { createAsking } from '../src/offers/questions.ts'
import { offerTools } from '../src/offers/tools.ts'
import { askedClients, type AskedClient, type Form, type Person } from './asking-clients.ts'
import { askedLab, labWords, type AskedLab } from './asked-lab.ts'
import { bundled } from './bundle.ts'
import { clients } from './clients.ts'
import { createFixtureSurface } from './fixture-surface.ts'

const bin = await bundled('lamp-bin')
const accept: Person = () => ({ action: 'accept', content: {} })

/** The ways from a client to the lab. */
const ways = {
  stdio: ({ directory, environment }: AskedLab) =>
    Promise.resolve({ command: process.execPath, args: [bin, 'serve', ...labWords], env: environment, cwd: directory }),
  HTTP: async (lab: AskedLab) => ({ url: (await lab.serve()).url }),
}

const everyWay = Object.entries(ways).flatMap(([way, destination]) =>
  Object.entries(askedClients).map(([client, connect]) => [`${client} over ${way}`, connect, destination] as const),
)

async function level(client: AskedClient): Promise<string> {
  return /level: (\d+)/.exec((await client.call('get_level')).text)?.[1] ?? ''
}

describe.each(everyWay)('a person before %s', (_, connect, destination) => {
  async function before(person: Person): Promise<{ client: AskedClient; lab: AskedLab }> {
    const lab = await askedLab(bin)
    return { lab, client: await connect(await destination(lab), person) }
  }

  test('is asked inside the first call, and agrees: the write is done, and the audit says by whom', async () => {
    const forms: Form[] = []
    const { client, lab } = await before((form) => {
      forms.push(form)
      return { action: 'accept', content: {} }
    })
    expect(await client.call('set_level', { level: 7 })).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
    expect(await level(client)).toBe('7')
    expect(forms).toHaveLength(1)
    for (const part of ['Set the level to 7', 'lamp/bulb/it', 'level: 1 → 7']) expect(forms[0]?.message).toContain(part)
    await client.close()
    const lines = (await lab.audit()).filter(({ kind }) => kind !== 'read')
    expect(lines.map(({ kind, approval, result }) => [kind, kind === 'approval' ? result : approval])).toEqual([
      ['approval', 'requested'],
      ['outcome', 'elicitation'],
    ])
    const listed = lab.start('approvals')
    await listed.gone
    expect(listed.output()).toBe('Nothing waits for a person.\n')
  })

  test('says no, and nothing is done, now or with the token', async () => {
    const { client, lab } = await before(() => ({ action: 'decline' }))
    const refused = await client.call('set_level', { level: 7 })
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('denied: The plan was rejected (elicitation)') })
    expect(await level(client)).toBe('1')
    await client.close()
    expect(await lab.audit()).toContainEqual(expect.objectContaining({ kind: 'approval', result: 'rejected', approval: 'elicitation' }))
  })

  test('closes the question, and it waits for them elsewhere', async () => {
    const { client } = await before(() => ({ action: 'cancel' }))
    const waiting = await client.call('set_level', { level: 7 })
    expect(waiting).toMatchObject({ isError: false, text: expect.stringContaining('closed without an answer') })
    expect(waiting.text).toMatch(/'rackwarden-lamp approve \S+ --demo'/)
    expect(await level(client)).toBe('1')
  })

  test('has a client that fails to ask them, and it waits for them elsewhere', async () => {
    const { client } = await before(() => Promise.reject(new Error('no window')))
    // A client of the 2026 era that cannot answer never comes again; the others tell.
    const outcome = await client.call('set_level', { level: 7 }).catch((error: unknown) => ({ isError: true, text: String(error) }))
    expect(outcome.text).toMatch(outcome.isError ? /no window/ : /^PENDING/)
    expect(await level(client)).toBe('1')
  })

  test('is asked two questions at once, and each answer counts for its own', async () => {
    const { client } = await before((form) => ({ action: form.message.includes('to 7') ? 'decline' : 'accept', content: {} }))
    const [seven, eight] = await Promise.all([client.call('set_level', { level: 7 }), client.call('update_level', { level: 8 })])
    expect(seven).toMatchObject({ isError: true, text: expect.stringContaining('rejected') })
    expect(eight).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
    expect(await level(client)).toBe('8')
  })
})

describe.each(Object.entries(askedClients))('what cannot be taken back, before %s', (_, connect) => {
  test('takes the name of what is gone, typed', async () => {
    const lab = await askedLab(bin, { configuration: 'tier: admin\n', RACKWARDEN_ADMIN: adminAcknowledgement })
    const names = ['lamp', 'it']
    const seen: Form[] = []
    const client = await connect({ url: (await lab.serve()).url }, (form) => {
      seen.push(form)
      return { action: 'accept', content: { name: names.shift() ?? '' } }
    })
    const wrong = await client.call('delete_lamp')
    expect(wrong.text).toContain("'it' must be typed exactly")
    expect(seen[0]?.message).toContain('It will be dark.')
    expect(seen[0]?.requestedSchema.properties).toHaveProperty('name')
    expect(await level(client)).toBe('1')
    expect(await client.call('delete_lamp')).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
  })
})

describe.each(Object.entries(clients))('%s, before which nobody can be asked', (_, connect) => {
  test('is told what the owner runs', async () => {
    const lab = await askedLab(bin)
    const client = await connect({ url: (await lab.serve()).url })
    const waiting = await client.call('set_level', { level: 7 })
    expect(waiting).toMatchObject({ isError: false, text: expect.stringMatching(/^PENDING[^]*'rackwarden-lamp approve \S+ --demo'/) })
    await client.close()
  })
})

test('a person may take longer than their client waits in silence', async () => {
  let beats = 0
  let think: () => void = () => undefined
  const thought = new Promise<void>((resolve) => (think = resolve))
  const surface = createFixtureSurface()
  const question = {
    method: 'elicitation/create',
    params: { mode: 'form', message: 'May it?', requestedSchema: { type: 'object', properties: {} } },
  } as const
  const asks: Surface = {
    ...surface,
    call: ({ client }) => {
      const text = client?.answers === undefined ? 'PENDING' : 'DONE'
      return Promise.resolve({ kind: 'pending', text, ...(text === 'DONE' ? {} : { questions: { ask: { approval: question } } }) })
    },
  }
  const server = new Server({ name: 'asking', version: '1' }, { capabilities: { tools: {} } })
  const offer = { server, surface: asks, viewer: { view: { caller: { principal: 'local:me', tier: 'operate' } } } } as const
  const log = () => undefined
  offerTools({ ...offer, asking: createAsking({ everyMs: 50 }), guard: createGuard(log) }, { results: 'text', activity: createActivity() })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler('elicitation/create', async () => {
    await thought
    return { action: 'accept', content: {} }
  })
  await client.connect(near)
  onTestFinished(() => client.close())
  // So many signs of life take longer than the client would wait for one.
  const onprogress = () => {
    beats += 1
    if (beats === 30) think()
  }
  const options = { onprogress, resetTimeoutOnProgress: true, timeout: 1_000 }
  expect(await client.callTool({ name: 'set_level', arguments: {} }, options)).toMatchObject({ content: [{ text: 'DONE' }] })
})

test('a person is asked before a change is taken back, too', async () => {
  const lab = await askedLab(bin)
  const messages: string[] = []
  const person: Person = ({ message }) => {
    messages.push(message)
    return { action: 'accept', content: {} }
  }
  const client = await askedClients["the v2 client in mode 'auto'"]!({ url: (await lab.serve()).url }, person)
  const change = /Change (\S+);/.exec((await client.call('set_level', { level: 7 })).text)?.[1]
  expect(await client.call('undo_change', { change })).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
  expect(messages[1]).toContain('Set the level to 1')
  expect(await level(client)).toBe('1')
})

test('a client that is gone while somebody is asked leaves a request that waits, and nothing done', async () => {
  const lab = await askedLab(bin)
  const { url } = await lab.serve()
  const asked = vi.fn<Person>(() => new Promise(() => undefined))
  const client = await askedClients['the v1 client']!({ url }, asked)
  const calling = client.call('set_level', { level: 7 }).catch((error: unknown) => error)
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 10_000 })
  await client.close()
  expect(await calling).toBeInstanceOf(Error)
  const another = await askedClients['the v1 client']!({ url }, accept)
  expect(await level(another)).toBe('1')
  const listed = lab.start('approvals', '--json')
  await listed.gone
  expect(JSON.parse(listed.output())).toHaveLength(1)
})

test('a no at a shell is not outdone by a yes to the question that still stands open', async () => {
  const lab = await askedLab(bin)
  const { url } = await lab.serve()
  const client = await askedClients['the v1 client']!({ url }, async () => {
    const listed = lab.start('approvals', '--json')
    await listed.gone
    const [request] = JSON.parse(listed.output()) as { id: string }[]
    expect(await lab.start('reject', request!.id).gone).toBe(0)
    return { action: 'accept', content: {} }
  })
  expect(await client.call('set_level', { level: 7 })).toMatchObject({ isError: true, text: expect.stringContaining('rejected (cli:') })
  expect(await level(client)).toBe('1')
})
