import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { addressOf } from '../rackwarden-process.ts'
import { temporaryDirectory } from './open-foreign.ts'
import { realClients } from './real-clients.ts'
import { confirmIn, realHub, succeeded, type Entry } from './real-hub.ts'

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url))
const embedded = fileURLToPath(new URL('../../../../examples/embed-in-your-server/v1.mjs', import.meta.url))

/** A hub on the pretend lab that another one is given, with a home of its own. */
function innerHub(configuration: Record<string, unknown> = {}) {
  const home = temporaryDirectory()
  const file = join(home, 'inner.yaml')
  writeFileSync(file, stringify({ tier: 'operate', ...configuration }))
  const state = join(home, 'state')
  mkdirSync(state, { mode: 0o700 })
  return { home, state, args: [bin, 'serve', '--demo', '--config', file], env: { HOME: home, RACKWARDEN_STATE_DIR: state } }
}

type Inner = ReturnType<typeof innerHub>

const ways: Record<string, (inner: Inner) => Promise<Entry>> = {
  stdio: async ({ args, env }) => ({ command: process.execPath, args, env }),
  HTTP: async ({ args, env, home }) => {
    const child = spawn(process.execPath, [...args, '--http', '127.0.0.1:0'], {
      cwd: home,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    })
    return { url: await addressOf(child) }
  },
}

/** A hub before another one, whose tools are given an access by their owner, or by what they say. */
async function outerHub(entry: Entry) {
  const hub = await realHub({})
  hub.change((entries) => (entries['attic'] = entry))
  await succeeded(hub.processes, 'upstreams', 'accept', 'attic', '--yes')
  return hub
}

const everyWay = Object.keys(ways).flatMap((way) => Object.keys(realClients).map((kind) => [way, kind] as const))
/** Whose gate is trusted: the inner hub plans and asks by itself. */
const trusted = { access: { '*': 'observe' } }
const tool = 'attic_docker_restart_container'
const input = { container: 'grafana' }

describe.each(everyWay)('a hub before a hub over %s, with %s', (way, kind) => {
  test('passes its reads, resources and prompts on', async () => {
    const hub = await outerHub({ ...(await ways[way]!(innerHub())), ...trusted })
    const client = await hub.overStdio(kind)
    expect((await client.call('attic_docker_list_containers')).text).toContain('grafana')
    expect((await client.call('attic_find_asset', { query: 'jellyfin' })).text).toContain('jellyfin')
    expect((await client.call('attic_service_health')).text).toMatch(/docker/)
    const uri = 'attic+rackwarden://services'
    const comesUp = { timeout: 10_000 }
    await vi.waitFor(async () => {
      const { resources } = await client.listResources()
      expect(resources.map((resource) => resource.uri)).toContain(uri)
    }, comesUp)
    expect((await client.readResource({ uri })).contents[0]).toMatchObject({ uri, text: expect.stringContaining('docker') as string })
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name)).toContain('attic_diagnose')
    const { messages } = await client.getPrompt({ name: 'attic_diagnose', arguments: { target: 'grafana' } })
    expect(JSON.stringify(messages)).toContain('grafana')
  })

  test('passes plan and confirmation on, which are of the inner one', async () => {
    const inner = innerHub()
    const hub = await outerHub({ ...(await ways[way]!(inner)), ...trusted })
    const { call } = await hub.overStdio(kind)
    const plan = await call(tool, input)
    expect(plan.text).toMatch(/PLAN[^]*docker[^ ]*\/container\/grafana/)
    const token = confirmIn(plan.text)
    const mistaken = await call(tool, { ...input, confirm: token })
    expect(mistaken).toMatchObject({ isError: true, text: expect.stringContaining("'confirm_'") as string })
    const done = await call(tool, { ...input, confirm_: token })
    expect(done.text).toMatch(/DONE and verified/)
    expect(auditOf(inner.state)).toContainEqual(
      expect.objectContaining({ kind: 'outcome', tool: 'docker_restart_container', result: 'done', approval: 'token' }),
    )
    // Sent again, it is what came of it, and nothing happens twice.
    expect((await call(tool, { ...input, confirm_: token })).text).toMatch(/already/i)
    expect(auditOf(inner.state).filter((line) => line['kind'] === 'intent')).toHaveLength(1)
  })

  test('passes on the form by which a person agrees, in the name of the inner one', async () => {
    const inner = innerHub({ approval: { tiers: { operate: 'human' } } })
    const hub = await outerHub({ ...(await ways[way]!(inner)), ...trusted })
    const { call, asked } = await hub.overStdio(kind)
    asked.answer = () => ({ action: 'decline' })
    expect((await call(tool, input)).text).toMatch(/rejected/)
    asked.answer = () => ({ action: 'accept', content: {} })
    expect((await call(tool, input)).text).toMatch(/DONE/)
    expect(asked.forms.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^attic asks: [^]*docker[^ ]*\/container\/grafana/) as string,
      expect.stringMatching(/^attic asks: /) as string,
    ])
    expect(auditOf(inner.state)).toContainEqual(expect.objectContaining({ kind: 'outcome', approval: 'elicitation' }))
  })
})

test('a hub before a hub asks for itself first where its owner left the access to what the tools say', async () => {
  const inner = innerHub()
  const hub = await outerHub(await ways['stdio']!(inner))
  const { call, names } = await hub.overStdio()
  expect(await names()).toContain('attic_docker_list_containers')
  const outer = await call(tool, input)
  expect(outer.text).toMatch(/Call docker_restart_container of attic/)
  const innerPlan = await call(tool, { ...input, confirm: confirmIn(outer.text) })
  expect(innerPlan.text).toMatch(/PLAN/)
  const again = { ...input, confirm_: confirmIn(innerPlan.text) }
  const second = await call(tool, again)
  expect((await call(tool, { ...again, confirm: confirmIn(second.text) })).text).toMatch(/DONE and verified/)
  expect(auditOf(inner.state).filter((line) => line['kind'] === 'intent')).toHaveLength(1)
})

test.each(Object.keys(realClients))(
  'a service in a server of somebody else, of the first line of the SDK, is used with %s',
  async (kind) => {
    const env = { RACKWARDEN_STATE_DIR: temporaryDirectory() }
    const hub = await outerHub({ command: process.execPath, args: [embedded, '--demo'], env, ...trusted })
    const { call, names } = await hub.overStdio(kind)
    expect(await names()).toEqual(expect.arrayContaining(['attic_get_greeting', 'attic_docker_list_containers']))
    expect((await call('attic_get_greeting', { name: 'Ada' })).text).toContain('Hello Ada.')
    const restart = { container: 'api' }
    const plan = await call(tool, restart)
    const done = await call(tool, { ...restart, confirm_: confirmIn(plan.text) })
    expect(done.text).toMatch(/DONE and verified/)
  },
)

/** What a hub wrote down, over all its processes. */
function auditOf(state: string): Record<string, unknown>[] {
  const files = readdirSync(join(state, 'audit')).filter((name) => name.endsWith('.jsonl'))
  return files.flatMap((name) =>
    readFileSync(join(state, 'audit', name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  )
}
