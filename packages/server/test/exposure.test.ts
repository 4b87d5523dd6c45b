import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { askedLab, type AskedLab } from './asked-lab.ts'
import { bundled } from './bundle.ts'
import { clients, type Destination, type TestClient } from './clients.ts'
import { proper, rpc, send } from './raw.ts'

const bin = await bundled('lamp-bin')
const configuration = 'tier: operate\n'
const few = ['call_observe', 'call_operate', 'describe_tool', 'needs_attention', 'search_tools', 'service_health']

type Connect = (destination: Destination) => Promise<TestClient>

async function connected(connect: Connect, destination: Destination): Promise<TestClient> {
  const client = await connect(destination)
  onTestFinished(() => client.close())
  return client
}

async function namesAt(url: string, query: string, token?: string): Promise<string[]> {
  const { port, pathname } = new URL(url)
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const { text } = await send(Number(port), { path: pathname + query, headers: { ...proper, ...authorization }, body: rpc('tools/list') })
  return (JSON.parse(text) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name)
}

async function tokenFor(lab: AskedLab, ...options: string[]): Promise<string> {
  const made = lab.start('token', 'create', 'laptop', '--demo', '--tier', 'operate', ...options)
  expect([await made.gone, made.errors()]).toEqual([0, expect.stringContaining('laptop')])
  return made.output().trim()
}

/** The whole way through the few tools: find, plan, confirm, look. */
async function solves(client: TestClient): Promise<void> {
  expect((await client.tools()).map(({ name }) => name)).toEqual(few)
  expect(client.instructions() ?? 'search_tools').toMatch(/search_tools/)
  expect((await client.call('search_tools', { query: 'make the lamp brighter' })).text).toMatch(
    /set_level \(call_operate\): .*\n {2}level: integer \(required\)/,
  )
  const input = { level: 4 }
  const plan = await client.call('call_operate', { tool: 'set_level', input })
  const confirm = /call call_operate again with tool: set_level, the same input and confirm: (\w+)/.exec(plan.text)?.[1]
  expect(await client.call('call_operate', { tool: 'set_level', input, confirm })).toMatchObject({
    isError: false,
    text: expect.stringMatching(/^DONE/),
  })
  expect((await client.call('call_observe', { tool: 'get_level' })).text).toMatch(/level: 4/)
  expect(await client.call('call_observe', { tool: 'set_level', input })).toMatchObject({
    isError: true,
    text: expect.stringContaining('Call call_operate'),
  })
}

describe.each(Object.entries(clients))('a service in search mode, %s', (_, connect) => {
  test('over stdio', async () => {
    const { environment } = await askedLab(bin)
    await solves(
      await connected(connect, {
        command: process.execPath,
        args: [bin, '--demo', '--tier', 'operate', '--expose', 'search'],
        env: environment,
      }),
    )
  })

  test('over HTTP', async () => {
    const { url } = await (await askedLab(bin, { configuration })).serve('--expose', 'search')
    await solves(await connected(connect, { url }))
  })

  test('at an address that asks for it', async () => {
    const { url } = await (await askedLab(bin, { configuration })).serve()
    await solves(await connected(connect, { url: `${url}?expose=search` }))
    await solves(await connected(connect, { url: `${url}/lamp?expose=search` }))
    expect((await (await connected(connect, { url })).tools()).map(({ name }) => name)).toContain('set_level')
  })

  test('with a token that says so', async () => {
    const lab = await askedLab(bin, { configuration })
    const { url } = await lab.serve()
    const headers = { authorization: `Bearer ${await tokenFor(lab, '--expose', 'search')}` }
    await solves(await connected(connect, { url, headers }))
    expect((await (await connected(connect, { url: `${url}?expose=all`, headers })).tools()).map(({ name }) => name)).toContain('set_level')
  })
})

describe('what is listed', () => {
  test('is what the environment or the file says, and the file of now', async () => {
    const lab = await askedLab(bin, { configuration: `${configuration}expose: search\n` })
    const { url } = await lab.serve()
    expect(await namesAt(url, '')).toEqual(few)
    expect(await namesAt(url, '?expose=all')).toContain('set_level')
    await writeFile(join(lab.directory, 'lab.yaml'), configuration)
    await vi.waitFor(async () => expect(await namesAt(url, '')).toContain('set_level'), { timeout: 10_000 })
    const other = await (await askedLab(bin, { configuration, RACKWARDEN_EXPOSE: 'search' })).serve()
    expect(await namesAt(other.url, '')).toEqual(few)
  })

  test('is of the toolsets an address names', async () => {
    const { url } = await (await askedLab(bin, { configuration })).serve()
    const repair = await namesAt(url, '?toolsets=repair')
    expect(repair).toContain('get_fuse')
    expect(repair).not.toContain('set_level')
    expect(await namesAt(url, '/lamp?toolsets=lamp.repair')).toEqual(repair)
    expect(await namesAt(url, '?toolsets=repair,light')).toEqual(await namesAt(url, ''))
  })

  test('is of the toolsets a token is limited to, whatever the address asks for', async () => {
    const lab = await askedLab(bin, { configuration })
    const { url } = await lab.serve()
    const token = await tokenFor(lab, '--toolsets', 'light')
    const listed = lab.start('token', 'list', '--demo')
    await listed.gone
    expect(listed.output()).toMatch(/^name +tier +services +toolsets +created.*\nlaptop +operate +all +lamp\.light /)
    for (const query of ['', '?toolsets=light', '?toolsets=light,repair']) {
      const names = await namesAt(url, query, token)
      expect(names).toContain('set_level')
      expect(names).not.toContain('get_fuse')
    }
    const call = rpc('tools/call', { name: 'get_fuse', arguments: { name: 'main' } })
    const headers = { ...proper, authorization: `Bearer ${token}` }
    const { text } = await send(Number(new URL(url).port), { path: '/mcp?toolsets=repair', headers, body: call })
    expect(text).toMatch(/denied: get_fuse is in the toolset 'repair' of Lamp, which is off here\.[^]*token create --toolsets lamp\.repair/)
  })

  test('is refused where the address asks for what there is not', async () => {
    const { port } = await (await askedLab(bin, { configuration })).serve()
    for (const [query, told] of [
      ['?expose=serach', /'serach' is not an exposure\. Did you mean 'search'\?/],
      ['?toolsets=lihgt', /There is no toolset 'lamp\.lihgt'\. Did you mean 'lamp\.light'\? The toolsets are: lamp\.light, lamp\.repair/],
      ['?toolsets=', /No toolset is named/],
      ['?toolset=light', /An address has no parameter 'toolset'\. Did you mean 'toolsets'\?/],
      ['?expose=all&expose=search', /'expose' stands in the address more than once/],
      [`?expose=${'x'.repeat(8000)}`, /is not an exposure/],
    ] as const) {
      const { status, text } = await send(port, { path: `/mcp${query}`, headers: proper, body: rpc('tools/list') })
      expect([status, text]).toEqual([400, expect.stringMatching(told)])
    }
  })

  test('is printed by the command that lists tools', async () => {
    const lab = await askedLab(bin)
    const listing = lab.start('tools', '--demo', '--tier', 'operate', '--expose', 'search')
    expect(await listing.gone).toBe(0)
    expect(listing.output()).toMatch(/^call_observe +observe/m)
    expect(listing.output()).not.toMatch(/set_level/)
    expect(listing.errors()).toMatch(/\d+ others are found by search_tools/)
  })

  test('is refused at the start where it is no exposure', async () => {
    const lab = await askedLab(bin, { RACKWARDEN_EXPOSE: 'some' })
    const serving = lab.start('serve', '--demo')
    expect(await serving.gone).toBe(1)
    expect(serving.errors()).toMatch(/invalid_config: RACKWARDEN_EXPOSE: 'some' is not an exposure/)
  })
})
