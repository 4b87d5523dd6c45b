import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bytesIn, createEncoder, keepListBytes, textOf } from '../src/encode.ts'
import { serveStdio } from '../src/stdio.ts'
import { createFixtureSurface } from './fixture-surface.ts'
import { startLab } from './lab.ts'
import { initialize, proper, rpc, send } from './raw.ts'
import type { ToolListing } from '@rackwarden/core/runtime'

const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

interface Listed {
  id: unknown
  result: { tools: ToolListing[]; resultType?: string }
}

/** A surface whose list is another one when it is told so. */
function changing() {
  const surface = createFixtureSurface()
  const own = surface.list({ caller: { principal: 'local:me', tier: 'configure' } })
  let made = 0
  const written = {
    name: 'get_told',
    description: 'How often it was written.',
    annotations: {},
    get inputSchema() {
      made += 1
      return { type: 'object' }
    },
  }
  let list = [...own, written]
  return { surface: { ...surface, list: () => list }, change: () => (list = [written]), written: () => made }
}

async function askOverHttp(port: number, id: number | string, isModern: boolean): Promise<Listed> {
  const own = isModern ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' } : {}
  const body = rpc('tools/list', isModern ? { _meta: modern } : {}, id)
  const { text, headers } = await send(port, { headers: { ...proper, ...own }, body })
  expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text))
  return JSON.parse(text) as Listed
}

describe.each([
  ['2025', false],
  ['2026', true],
] as const)('a list of tools in the era of %s', (_, isModern) => {
  test('is written once over HTTP, and anew when it changed', async () => {
    const { surface, change, written } = changing()
    const { server } = await startLab({ surface })
    const first = await askOverHttp(server.port, 1, isModern)
    expect(first.result.tools.map(({ name }) => name)).toContain('get_told')
    for (const id of [2, 'three', '"tools":[]']) expect(await askOverHttp(server.port, id, isModern)).toEqual({ ...first, id })
    expect(written()).toBe(1)
    change()
    expect((await askOverHttp(server.port, 5, isModern)).result.tools.map(({ name }) => name)).toEqual(['get_told'])
    expect(written()).toBe(2)
  })

  test('is written once over stdio, and anew when it changed', async () => {
    const { surface, change, written } = changing()
    const [input, output] = [new PassThrough(), new PassThrough()]
    const served = serveStdio({ surface, caller: { principal: 'local:me', tier: 'configure' }, log: () => undefined, input, output })
    onTestFinished(() => served.close())
    let said = ''
    output.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const ask = async (message: { id?: unknown }): Promise<Listed> => {
      said = ''
      input.write(`${JSON.stringify(message)}\n`)
      await expect.poll(() => said.endsWith('\n'), { interval: 5, timeout: 10_000 }).toBe(true)
      return JSON.parse(said) as Listed
    }
    if (!isModern) await ask(initialize)
    const list = (id: number | string) => ask(rpc('tools/list', isModern ? { _meta: modern } : {}, id))
    const first = await list(11)
    expect(first.result.tools.map(({ name }) => name)).toContain('get_told')
    expect(await list('twelve')).toEqual({ ...first, id: 'twelve' })
    expect(written()).toBe(1)
    change()
    expect((await list(13)).result.tools.map(({ name }) => name)).toEqual(['get_told'])
    expect(written()).toBe(2)
  })
})

test('what is encoded reads as JSON would have it', () => {
  const encode = createEncoder(keepListBytes())
  const tools = [{ name: 'a' }]
  for (const message of [
    { jsonrpc: '2.0', id: 1, result: { tools } },
    { jsonrpc: '2.0', id: 'x', result: { tools, resultType: 'complete', _meta: { a: [1] } } },
    { jsonrpc: '2.0', id: 'x', result: { tools: [] } },
    { jsonrpc: '2.0', id: 2, result: { content: [] } },
    { jsonrpc: '2.0', id: 2, error: { code: 1, message: 'no' } },
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
  ] as const)
    expect(JSON.parse(textOf(encode(message as never)))).toEqual(message)
  const encoded = encode({ jsonrpc: '2.0', id: 'ä', result: { tools: [{ name: 'ö' }] } } as never)
  expect(bytesIn(encoded)).toBe(Buffer.byteLength(textOf(encoded)))
})
