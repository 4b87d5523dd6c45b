import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { applicationOf } from '../src/application.ts'
import { commandLine } from '../src/run.ts'
import { passphrase, startApprovalLab } from './approval-lab.ts'
import { lamp } from './fixture-service.ts'
import { temporaryDirectory } from './lab.ts'

async function listen(listener: (...request: Parameters<RequestListener>) => unknown): Promise<string> {
  const server = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A shell at a lamp whose owner is told of everything by a webhook, and what it was sent. */
async function startShell(
  { stateDirectory, notify = 'url: https://rackwarden.home.example', channels = '[notify]' } = {} as {
    stateDirectory?: string
    notify?: string
    channels?: string
  },
) {
  const directory = await temporaryDirectory()
  const pushes: { url: string; title: string }[] = []
  const upstream = { level: 1 }
  const lampUrl = await listen((request, response) => {
    if (request.method === 'PUT') upstream.level = Number(request.url?.slice(1))
    response.end(JSON.stringify(upstream))
  })
  const hook = await listen(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    pushes.push(JSON.parse(text) as (typeof pushes)[number])
    response.end()
  })
  const yaml = `
tier: operate
services: { lamp: { url: "${lampUrl}", password: hunter2hunter2 } }
approval:
  tiers: { operate: human }
  channels: ${channels}
  notify:
    ${notify}
    channels: [{ webhook: { url: "${hook}/hook" } }]
`
  await writeFile(join(directory, 'rackwarden.yaml'), yaml)
  const environment = { HOME: directory, RACKWARDEN_STATE_DIR: stateDirectory ?? join(directory, 'state') }
  /** Each run is a process of its own as far as its state goes. */
  const run = async (...argv: string[]) => {
    const [output, errors]: [string[], string[]] = [[], []]
    const terminal = { print: (text: string) => void output.push(text), complain: (text: string) => void errors.push(text) }
    const code = await commandLine(applicationOf(lamp, '4.5.6'), argv, { ...terminal, environment, directory })
    return { code, output: output.join('\n'), errors: errors.join('\n') }
  }
  return { run, pushes, upstream }
}

test('a person is told once, by the process that asked, before it ends; and decides at another for a third', async () => {
  const lab = await startApprovalLab()
  const { run, pushes, upstream } = await startShell({ stateDirectory: lab.directory })
  const asked = await run('call', 'set_level', 'level=7')
  expect(asked).toMatchObject({ code: 3, output: expect.stringContaining('PENDING'), errors: '' })
  expect(pushes).toMatchObject([{ title: 'Approval needed: lamp set_level' }])
  const confirm = `confirm=${/confirm: (\w+)/.exec(asked.output)?.[1]}`
  expect((await run('call', 'set_level', 'level=7', confirm)).output).toContain('PENDING')
  expect(pushes).toHaveLength(1)
  const link = pushes[0]?.url.replace('https://rackwarden.home.example', '') ?? ''
  const { text } = await lab.open(link)
  expect(text).toContain('Set the level to 7')
  expect((await lab.submit(text, { decision: 'approved', passphrase })).status).toBe(200)
  expect(await run('call', 'set_level', 'level=7', confirm)).toMatchObject({ code: 0 })
  expect(upstream.level).toBe(7)
})

test('nobody is told where the owner left that way out', async () => {
  const { run, pushes } = await startShell({ channels: '[cli]' })
  expect((await run('call', 'set_level', 'level=7')).code).toBe(3)
  expect(pushes).toEqual([])
})

test('doctor says how a person is told, and what stands against it', async () => {
  const told = async (options: Parameters<typeof startShell>[0]) => {
    const { output } = await (await startShell(options)).run('doctor', '--json')
    const found = JSON.parse(output) as { level: string; subject: string; message: string }[]
    return found.filter(({ subject }) => subject === 'notifications').map(({ level, message }) => `${level}: ${message}`)
  }
  expect(await told({})).toEqual(['ok: by webhook; the page is at https://rackwarden.home.example/approvals'])
  expect(await told({ notify: 'url: http://10.0.0.5:3005\n    plainHttp: true', channels: '[cli]' })).toEqual([
    "warning: nobody is told: 'channels' of approval leaves 'notify' out",
    'warning: the passphrase crosses the network unencrypted on its way to http://10.0.0.5:3005',
  ])
})
