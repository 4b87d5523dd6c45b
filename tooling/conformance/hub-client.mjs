// What the suite runs as a client: a hub with the suite's server as its only foreign one, accepted by its owner, and a
// client that lists, calls, reads and answers through that hub all it is offered.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { runCommand } from '../pack/command.mjs'
import { hubBin } from './hub.mjs'
import { sampleOf } from './sample-input.mjs'

const prefix = 'suite_'
const comesUpMs = 1_500
const url = process.argv.at(-1) ?? ''
const { MCP_CONFORMANCE_PROTOCOL_VERSION: revision = '', MCP_CONFORMANCE_CONTEXT: context = '{}', PATH } = process.env
/** @type {{ toolCalls?: { name: string, arguments: Record<string, unknown> }[] }} */
const { toolCalls } = JSON.parse(context)

const home = mkdtempSync(join(tmpdir(), 'rackwarden-conformance-client-'))
const env = { PATH: PATH ?? '', HOME: home, RACKWARDEN_STATE_DIR: join(home, 'state') }
try {
  writeFileSync(
    join(home, 'rackwarden.yaml'),
    JSON.stringify({ services: { docker: false }, upstreams: { suite: { url, access: { '*': 'observe' } } } }),
  )
  const { code, output } = await runCommand(process.execPath, [hubBin, 'upstreams', 'accept', 'suite', '--yes'], { cwd: home, env })
  if (code !== 0) throw new Error(`The suite's server could not be accepted: ${output}`)
  const client = await connected()
  try {
    await use(client)
  } finally {
    await client.close()
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}

/** A client before the hub, of the era the suite means, with a person who agrees and fills in nothing that is filled in. */
async function connected() {
  const client = new Client(
    { name: 'conformance', version: '0.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
      ...(revision >= '2026' ? { versionNegotiation: { mode: 'auto' } } : {}),
    },
  )
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }))
  client.setRequestHandler('sampling/createMessage', () => ({ model: 'none', role: 'assistant', content: { type: 'text', text: 'words' } }))
  client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///tmp', name: 'tmp' }] }))
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [hubBin, 'serve'], cwd: home, env, stderr: 'inherit' }))
  return client
}

/** @param {Client} client */
async function use(client) {
  const tools = (await client.listTools()).tools.filter(({ name }) => name.startsWith(prefix))
  const calls = toolCalls ?? tools.map(({ name, inputSchema }) => ({ name: name.slice(prefix.length), arguments: sampleOf(inputSchema) }))
  for (const { name, arguments: input } of calls) {
    const { isError, content } = await client.callTool({ name: `${prefix}${name}`, arguments: input })
    // Some scenarios have tools that fail, and look at what is asked all the same.
    if (isError === true) console.error(`${name} failed: ${JSON.stringify(content)}`)
  }
  for (const { uri } of await resourcesOf(client)) await client.readResource({ uri })
  for (const { name } of (await client.listPrompts()).prompts.filter((prompt) => prompt.name.startsWith(prefix)))
    await client.getPrompt({ name, arguments: {} })
}

/**
 * Those of the suite's server, which it is asked for when it has come up; most have none.
 * @param {Client} client
 */
async function resourcesOf(client) {
  const until = performance.now() + comesUpMs
  for (;;) {
    const listed = (await client.listResources()).resources.filter(({ uri }) => uri.startsWith('suite+'))
    if (listed.length > 0 || performance.now() > until) return listed
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
