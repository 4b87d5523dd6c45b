import { Client as CurrentClient, type Transport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { openService, registerTools } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hosts } from './hosts.ts'
import { temporaryDirectory } from './places.ts'
import { vaultService } from './vault.ts'

interface Answer {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, string>
}

type Call = () => Promise<string>

const identity = { name: 'test', version: '1' }

/** Clients before which a person answers, or, without one, nobody sits. */
const clients: Record<string, (transport: Transport, person: (() => Answer) | undefined) => Promise<Call>> = {
  'a v1 client': async (transport, person) => {
    const client = new OldClient(identity, person === undefined ? {} : { capabilities: { elicitation: {} } })
    if (person !== undefined) client.setRequestHandler(ElicitRequestSchema, () => ({ ...person() }))
    await client.connect(transport)
    onTestFinished(() => client.close())
    return async () => textOf(await client.callTool(call))
  },
  'a v2 client': (transport, person) => current(transport, person, {}),
  "a v2 client in mode 'auto'": (transport, person) => current(transport, person, { versionNegotiation: { mode: 'auto' } as const }),
}

const call = { name: 'vault_restart_vault', arguments: { seconds: 1 } }

async function current(transport: Transport, person: (() => Answer) | undefined, options: object): Promise<Call> {
  const client = new CurrentClient(identity, { ...options, ...(person === undefined ? {} : { capabilities: { elicitation: {} } }) })
  if (person !== undefined) client.setRequestHandler('elicitation/create', () => ({ ...person() }))
  await client.connect(transport)
  onTestFinished(() => client.close())
  return async () => textOf(await client.callTool(call))
}

function textOf(result: object): string {
  const { content } = result as { content: { text: string }[] }
  return content.map(({ text }) => text).join('')
}

const pairs = Object.keys(hosts).flatMap((host) => Object.keys(clients).map((client) => [host, client] as const))

describe.each(pairs)('on %s, before %s, a write a person must agree to', (host, client) => {
  async function opened(person: (() => Answer) | undefined) {
    const vault = { opened: 0, waiting: 0, aborted: 0 }
    const service = await openService(vaultService(vault), {
      prefix: 'vault_',
      environment: {},
      stateDirectory: temporaryDirectory(),
      tier: 'operate',
      approval: { tiers: { operate: 'human' } },
      configuration: { password: 'hunter2hunter2' },
      log: () => undefined,
    })
    onTestFinished(() => service.close())
    const transport = await hosts[host]!((server) => registerTools(server, service))
    return { vault, call: await clients[client]!(transport, person) }
  }

  test('asks them inside the call', async () => {
    const { vault, call: restart } = await opened(() => ({ action: 'accept', content: {} }))
    expect(await restart()).toMatch(/^DONE/)
    expect(vault.opened).toBe(1)
  })

  test('is not done where they say no, or close the question', async () => {
    const answers: Answer[] = [{ action: 'decline' }, { action: 'cancel' }]
    const { vault, call: restart } = await opened(() => answers.shift()!)
    expect(await restart()).toContain('The plan was rejected (elicitation)')
    expect(await restart()).toContain('closed without an answer')
    expect(vault.opened).toBe(0)
  })

  test('waits for them where their client cannot ask', async () => {
    const { vault, call: restart } = await opened(undefined)
    expect(await restart()).toMatch(/^PENDING[^]*'rackwarden approve \S+'/)
    expect(vault.opened).toBe(0)
  })
})
