import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readAudit } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clients } from './clients.ts'
import { temporaryDirectory, tokenIn } from './places.ts'

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

function program(name: string) {
  const home = temporaryDirectory()
  return { command: process.execPath, args: [file(name), '--demo'], env: { HOME: home, RACKWARDEN_STATE_DIR: home }, home }
}

describe.for(['v1.mjs', 'v2.mjs'].flatMap((name) => Object.keys(clients).map((client) => [name, client] as const)))(
  '%s and %s',
  ([name, kind]) => {
    test('list, read, plan and confirm over stdio', async () => {
      const { home, ...destination } = program(name)
      const client = await clients[kind]!(destination)
      const names = (await client.tools()).map((tool) => tool.name)
      expect(names).toContain('get_greeting')
      expect(names).toContain('docker_restart_container')
      expect((await client.call('get_greeting', { name: 'you' })).text).toBe('Hello you.')
      expect((await client.call('docker_needs_attention')).text).toContain('next: docker_get_logs container=api')
      const plan = await client.call('docker_restart_container', { container: 'api' })
      expect(plan.text).toMatch(/^PLAN/)
      const done = await client.call('docker_restart_container', { container: 'api', confirm: tokenIn(plan.text) })
      expect(done.text).toMatch(/^DONE/)
      expect((await readAudit(home, {})).filter(({ kind: line }) => line !== 'read')).toHaveLength(2)
    })
  },
)

/** Runs a program to its end with what is typed, and gives what it printed. */
async function runToEnd(name: string, typed: string): Promise<{ code: unknown; printed: string }> {
  const { command, args, env } = program(name)
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += String(chunk)))
  child.stdin.end(typed)
  const [code] = (await once(child, 'close')) as unknown[]
  return { code, printed }
}

describe('the programs', () => {
  test.for(['v1.mjs', 'v2.mjs'])('%s prints nothing that is not the protocol, and ends with its client', async (name) => {
    const messages = [
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ]
    const { code, printed } = await runToEnd(name, messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
    expect(code).toBe(0)
    for (const line of printed.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('jsonrpc', '2.0')
  })

  test('plain.mjs looks, plans, and does what the person agrees to', async () => {
    const { code, printed } = await runToEnd('plain.mjs', 'y\n')
    expect(code).toBe(0)
    expect(printed).toMatch(/api is unhealthy[^]*PLAN, nothing has happened yet: Restart api[^]*DONE and verified/)
    expect((await runToEnd('plain.mjs', '\n')).printed).not.toContain('DONE')
  })
})
