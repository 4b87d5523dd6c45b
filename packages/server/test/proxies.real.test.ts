import { readFileSync } from 'node:fs'
import { createCertificate } from '@rackwarden/core/testing'
import { freePort, requireComponent, startReverseProxy, type ReverseProxy } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askedClients, type Form } from './asking-clients.ts'
import { askedLab, type AskedLab } from './asked-lab.ts'
import { bundled } from './bundle.ts'
import { clients } from './clients.ts'
import { interop } from './interop.ts'
import { startLab } from './lab.ts'
import { proxiedFetch } from './proxied-fetch.ts'

const document = readFileSync(new URL('../../../docs/connect.md', import.meta.url), 'utf8')
const bin = await bundled('lamp-bin')
const shown = '127.0.0.1:3005'
const environmentToken = 'a-token-of-this-test-'.repeat(2)
const authorization = `Bearer ${environmentToken}`

/** A block of the document, as it stands there. */
function blockOf(name: string): string {
  const block = new RegExp(`<!-- proxy: ${name} -->\\n+\`\`\`\\w+\\n([^]*?)\`\`\``).exec(document)?.[1]
  if (block === undefined) throw new Error(`docs/connect.md shows no proxy '${name}'`)
  return block
}

/** The configuration the document shows for a server behind a proxy. */
const configuration = /```yaml\n(http:\n[^]*?)```/.exec(document)?.[1] ?? ''

const kinds = [
  ['caddy', 'https://rackwarden.home.example', 'caddy'],
  ['caddy', 'https://home.example/rackwarden', 'caddy below a path'],
  ['nginx', 'https://rackwarden.home.example', 'nginx'],
  ['nginx', 'https://home.example/rackwarden', 'nginx below a path'],
] as const

describe.each(kinds)('behind %s at %s', (kind, publicUrl, name) => {
  const missing = requireComponent(kind)
  let [proxy, port]: [ReverseProxy, number] = [undefined as never, 0]

  beforeAll(async () => {
    if (missing !== undefined) return
    port = await freePort()
    const { hostname } = new URL(publicUrl)
    const certificate = createCertificate({ hosts: [hostname] })
    proxy = await startReverseProxy(kind, { block: blockOf(name), name: hostname, upstream: { shown, port }, certificate })
  }, 60_000)

  afterAll(async () => proxy?.down(), 30_000)

  const destination = () => ({ url: `${publicUrl}/mcp`, headers: { authorization }, fetch: proxiedFetch(proxy) })
  const names = { publicUrl, allowHosts: [new URL(publicUrl).hostname], trustProxy: ['loopback'], environmentToken }

  describe.skipIf(missing !== undefined).each(Object.entries(clients))('%s', (_, connect) => {
    // Among them: progress is read while its call goes on, and a cancelled call is told to stop.
    interop(async () => {
      await startLab({ address: { host: '127.0.0.1', port }, ...names })
      return connect(destination())
    })
  })

  describe.skipIf(missing !== undefined).each(Object.entries(askedClients))('a person before %s', (_, connect) => {
    test('is asked while the call waits, agrees, and leaves', async () => {
      const lab = await labAt(port, publicUrl)
      const forms: Form[] = []
      const client = await connect(destination(), (form) => {
        forms.push(form)
        return { action: 'accept', content: {} }
      })
      expect(await client.call('set_level', { level: 7 })).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) as string })
      expect(forms).toHaveLength(1)
      await client.close()
      // A client that says it comes from elsewhere comes from where the proxy saw it.
      const answer = await proxiedFetch(proxy)(`${publicUrl}/mcp`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_level' } }),
      })
      expect(await answer.text()).toContain('level: 7')
      const lines = await lab.audit()
      expect(lines.map(({ tool, approval }) => [tool, approval])).toContainEqual(['set_level', 'elicitation'])
      expect(lines.filter(({ from }) => from !== undefined && from !== '127.0.0.1')).toEqual([])
    })
  })

  test.skipIf(missing !== undefined)('a name that is not ours is refused, although the proxy passes it on', async () => {
    await startLab({ address: { host: '127.0.0.1', port }, trustProxy: ['loopback'] })
    const answer = await proxiedFetch(proxy)(`${publicUrl}/health`)
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('is not served here')])
  })

  test.skipIf(missing !== undefined)('nobody calls without a token, although the server listens on loopback and has none', async () => {
    await startLab({ address: { host: '127.0.0.1', port }, ...names, environmentToken: undefined })
    const list = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' }
    expect((await proxiedFetch(proxy)(`${publicUrl}/mcp`, list)).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, list)).status).toBe(200)
  })

  test.skipIf(missing !== undefined)('a request of 4 MiB arrives, and a session that ends is gone', async () => {
    await startLab({ address: { host: '127.0.0.1', port }, ...names })
    const send = proxiedFetch(proxy)
    const post = (body: unknown, headers: Record<string, string> = {}) =>
      send(`${publicUrl}/mcp`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: JSON.stringify(body),
      })
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
    const opened = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
    await opened.text()
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' }
    const padding = 'x'.repeat(4_000_000)
    const long = await post({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'get_level', arguments: { padding } } }, session)
    expect([long.status, await long.text()]).toEqual([200, expect.stringContaining("'padding' is not an input")])
    const ended = await send(`${publicUrl}/mcp`, { method: 'DELETE', headers: { authorization, ...session } })
    await ended.text()
    const after = await post({ jsonrpc: '2.0', id: 3, method: 'tools/list' }, session)
    await after.text()
    expect([ended.status, after.status]).toEqual([200, 404])
  })
})

/** A server as the document configures it, whose person is asked, on a port of this machine. */
async function labAt(port: number, publicUrl: string): Promise<AskedLab> {
  const http = configuration.replace(/publicUrl: \S+/, `publicUrl: ${publicUrl}`)
  expect(http).toContain(publicUrl)
  const lab = await askedLab(bin, {
    configuration: `${http}\ntier: operate\napproval: { tiers: { operate: human } }\n`,
    RACKWARDEN_TOKEN: environmentToken,
  })
  await lab.serve('--http', `127.0.0.1:${port}`)
  return lab
}
