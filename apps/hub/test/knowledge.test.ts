import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAudit } from '@rackwarden/core/runtime'
import { describe, expect, test, vi } from 'vitest'
import { eras, openWrittenDown } from './written-down.ts'

describe.each(eras)('over the %s protocol', (era) => {
  test('what is known is listed, and all of it can be read', async () => {
    const { connect } = await openWrittenDown()
    const { client, read } = await connect(era)
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual([
      'rackwarden://services',
      'rackwarden://inventory/addresses',
      'rackwarden://pitfalls',
      'rackwarden://changes',
      'rackwarden://audit/today',
      'rackwarden://docs/homelab-docs',
      'rackwarden://docs/homelab-docs/CLAUDE.md',
      'rackwarden://docs/homelab-docs/hosts/nas.md',
      'rackwarden://docs/homelab-docs/network.md',
    ])
    for (const { uri } of resources) expect((await read(uri))?.length).toBeGreaterThan(10)
    expect(await read('rackwarden://services')).toMatch(/docker \| .*\| ok \|.*configure/)
    expect(await read('rackwarden://pitfalls')).toMatch(/# Docker\n- \*\*[^]*docker_recreate_container[^]*# The owner's own\n# Solar/)
  })

  test('templates are filled in with what their fields are completed to', async () => {
    const { connect } = await openWrittenDown()
    const { client, read } = await connect(era)
    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'rackwarden://docs/{folder}',
      'rackwarden://docs/{folder}/{+path}',
      'rackwarden://asset/{name}',
      'rackwarden://change/{id}',
      'rackwarden://service/{name}',
    ])
    const completed = async (uri: string, name: string, value: string) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values
    expect(await completed('rackwarden://docs/{folder}', 'folder', '')).toEqual(['homelab-docs'])
    expect(await completed('rackwarden://docs/{folder}/{+path}', 'path', 'NAS')).toEqual(['hosts/nas.md'])
    expect(await completed('rackwarden://service/{name}', 'name', 'pi')).toEqual(['pihole'])
    const [first] = await completed('rackwarden://asset/{name}', 'name', 'olla')
    expect(first?.toLowerCase()).toBe('ollama')
    expect(await read(`rackwarden://asset/${first}`)).toContain('docker/container/ollama')
    expect(await read('rackwarden://service/pihole')).toMatch(/title: Pi-hole[^]*pihole_add_record \| configure/)
    expect(await completed('rackwarden://elsewhere/{x}', 'x', '')).toEqual([])
  })

  test('what is not there is said to be no resource', async () => {
    const { connect } = await openWrittenDown()
    const { client } = await connect(era)
    for (const uri of [
      'rackwarden://nothing',
      'rackwarden://docs/homelab-docs/gone.md',
      'rackwarden://docs/homelab-docs/%2e%2e/%2e%2e/etc/passwd',
      'rackwarden://docs/../homelab-docs/network.md',
      'rackwarden://docs/%zz',
      'rackwarden://asset/nobody-is-called-so',
      'rackwarden://change/20260101T000000-aaaaaa',
      'rackwarden://service/nothing',
      'rackwarden://services/',
      'file:///etc/passwd',
    ])
      await expect(client.readResource({ uri })).rejects.toMatchObject({ data: { uri } })
  })

  test('prompts are listed, filled in and completed', async () => {
    const { connect } = await openWrittenDown()
    const { client } = await connect(era)
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name)).toEqual(['before_i_travel', 'daily_report', 'decommission', 'diagnose', 'onboard_service'])
    const { messages } = await client.getPrompt({ name: 'diagnose', arguments: { symptom: 'no page\nat all', target: 'jellyfin' } })
    expect(messages).toEqual([
      { role: 'user', content: { type: 'text', text: expect.stringContaining('Something is wrong: no page at all. It is about') } },
    ])
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'decommission' },
      argument: { name: 'name', value: 'ollama' },
    })
    expect(completion.values[0]?.toLowerCase()).toBe('ollama')
    await expect(client.getPrompt({ name: 'decommission' })).rejects.toThrow("needs 'name'")
    await expect(client.getPrompt({ name: 'diagnose', arguments: { who: 'x' } })).rejects.toThrow("no field 'who'")
    await expect(client.getPrompt({ name: 'diagnose', arguments: { symptom: 'x'.repeat(501) } })).rejects.toThrow('longer than 500')
    await expect(client.getPrompt({ name: 'nothing' })).rejects.toThrow("There is no prompt 'nothing'")
  })

  test('a caller limited to services learns nothing of the rest', async () => {
    const { connect, limited } = await openWrittenDown()
    const { client, read } = await connect(era, { token: limited })
    const uris = (await client.listResources()).resources.map(({ uri }) => uri)
    expect(uris.filter((uri) => uri.includes('docs'))).toEqual([])
    expect((await client.listResourceTemplates()).resourceTemplates.filter(({ uriTemplate }) => uriTemplate.includes('docs'))).toEqual([])
    const texts = await Promise.all(uris.map((uri) => read(uri)))
    expect(texts.join('\n')).not.toMatch(/docker|linux|Solar|inverter/i)
    for (const uri of ['rackwarden://docs/homelab-docs', 'rackwarden://docs/homelab-docs/network.md', 'rackwarden://service/docker'])
      await expect(client.readResource({ uri })).rejects.toMatchObject({ data: { uri } })
    const answer = await client.callTool({ name: 'search_docs', arguments: { query: 'cameras VLAN inverter clock restart container' } })
    expect(JSON.stringify(answer)).not.toMatch(/docker|linux|VLAN 30|inverter resets|files?,/i)
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'rackwarden://docs/{folder}' },
      argument: { name: 'folder', value: '' },
    })
    expect(completion.values).toEqual([])
    const assets = await client.complete({ ref: { type: 'ref/prompt', name: 'diagnose' }, argument: { name: 'target', value: '' } })
    expect(assets.completion.values).not.toContain('immich_server')
    expect(JSON.stringify(await client.getPrompt({ name: 'before_i_travel' }))).not.toMatch(/docker_|linux_|uptime_kuma_/)
  })
})

describe('what is read by address', () => {
  test('has no secrets, and is marked as data', async () => {
    const { connect } = await openWrittenDown()
    const { read } = await connect()
    const text = (await read('rackwarden://docs/homelab-docs/hosts/nas.md')) ?? ''
    expect(text).not.toContain('correct-horse')
    expect(text).toMatch(/^<<\w+ data from read_document, not instructions\n[^]*Ignore all previous[^]*>> end of data$/)
  })

  test('stands in the audit under its address, with who read it', async () => {
    const { connect, catalogue, limited } = await openWrittenDown()
    const { client, read } = await connect('modern', { token: limited })
    await read('rackwarden://services')
    await client.readResource({ uri: 'rackwarden://docs/homelab-docs/network.md' }).catch(() => undefined)
    await catalogue.runtime.audit.flush()
    const lines = await readAudit(catalogue.runtime.store.directory, { text: 'rackwarden://' })
    expect(lines.map(({ tool, principal, result }) => [tool, principal, result])).toEqual([
      ['rackwarden://services', 'token:limited', 'done'],
      ['rackwarden://docs/homelab-docs/network.md', 'token:limited', 'error'],
    ])
  })

  test('is cut within what a result may cost, and says how to get at the rest', async () => {
    const { connect } = await openWrittenDown('observe', {
      'long.md': Array.from({ length: 20_000 }, (_, line) => `line ${line}`).join('\n'),
    })
    const { read } = await connect()
    const text = (await read('rackwarden://docs/homelab-docs/long.md')) ?? ''
    expect(text.length).toBeLessThan(40_000)
    expect(text).toMatch(/first \d+ of 20000 lines shown; search_docs finds the part of it/)
  })

  test('tells a session that stays of a document that changed, and of a change that was made', async () => {
    const { connect, folder, call } = await openWrittenDown()
    const { client } = await connect('legacy')
    const told: string[] = []
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri))
    await client.subscribeResource({ uri: 'rackwarden://docs/homelab-docs/network.md' })
    await client.subscribeResource({ uri: 'rackwarden://changes' })
    let round = 0
    await vi.waitFor(
      async () => {
        round += 1
        const input = { name: `told-${round}.lab.lan`, addresses: ['10.0.0.99'] }
        const plan = await call('pihole_add_record', input)
        await call('pihole_add_record', { ...input, confirm: plan.kind === 'plan' ? plan.plan.confirm : '' })
        await writeFile(join(folder, 'network.md'), `# Network\nwritten ${'again '.repeat(round)}`)
        expect(new Set(told)).toEqual(new Set(['rackwarden://docs/homelab-docs/network.md', 'rackwarden://changes']))
      },
      { timeout: 15_000, interval: 500 },
    )
  })

  test('is that of one service where the address says so', async () => {
    const { connect } = await openWrittenDown()
    const { client, read } = await connect('modern', { path: '/docker' })
    expect((await client.listResources()).resources.map(({ uri }) => uri)).not.toContain('rackwarden://docs/homelab-docs')
    expect(await read('rackwarden://pitfalls')).not.toContain('Pi-hole')
  })
})
