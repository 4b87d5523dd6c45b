import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openOwner } from '@rackwarden/core/runtime'
import { describe, expect, test, vi } from 'vitest'
import { writeAcceptance } from '../../src/upstreams/acceptance.ts'
import { caller, fixture, openForeign, temporaryDirectory, type ForeignHub } from './open-foreign.ts'

const read = (hub: ForeignHub) => hub.catalogue.call({ name: 'pantry_read_jar', input: { jar: 'x' }, caller })

async function findings({ catalogue }: ForeignHub): Promise<string> {
  return (await catalogue.call({ name: 'needs_attention', input: {}, caller })).text
}

describe('what the owner did not accept', () => {
  test('is offered to nobody: a new server waits, and its finding says what to run', async () => {
    const hub = await openForeign({ pantry: fixture('old-pantry') }, { accepted: [] })
    await vi.waitFor(async () => expect(await findings(hub)).toContain('pantry waits for the owner'), { timeout: 15_000 })
    expect(await findings(hub)).toContain('rackwarden upstreams show pantry')
    expect(hub.names().some((name) => name.startsWith('pantry_'))).toBe(false)
    expect(await read(hub)).toMatchObject({ kind: 'error', error: { code: 'not_found' } })
    expect(JSON.stringify(await hub.catalogue.resources?.list({ caller }))).not.toContain('pantry')
    expect(JSON.stringify(await hub.catalogue.prompts?.list({ caller }))).not.toContain('pantry')
    const health = async () => (await hub.catalogue.call({ name: 'service_health', input: {}, caller })).text
    await vi.waitFor(
      async () => expect(await health()).toContain('waiting for the owner, for it is new: rackwarden upstreams show pantry'),
      { timeout: 15_000 },
    )
  })

  test('is taken up by a running hub once it is accepted', async () => {
    const hub = await openForeign({ pantry: fixture('old-pantry') }, { accepted: [] })
    const told: string[] = []
    hub.catalogue.watch?.((list) => told.push(list))
    await hub.accept('pantry')
    await vi.waitFor(() => expect(hub.names()).toContain('pantry_read_jar'), { timeout: 15_000 })
    expect(told).toContain('tools')
    expect((await read(hub)).kind).toBe('done')
  })

  test('is withdrawn where a description changes under it, and comes back with the words that were accepted', async () => {
    const hub = await openForeign({ pantry: fixture('old-pantry') })
    expect((await read(hub)).kind).toBe('done')
    await hub.catalogue.call({ name: 'pantry_rug_pull', input: { kind: 'describe' }, caller })
    await vi.waitFor(() => expect(hub.names()).not.toContain('pantry_read_jar'), { timeout: 15_000 })
    expect(hub.names()).toContain('pantry_count')
    expect(await read(hub)).toMatchObject({ kind: 'error', error: { code: 'not_found' } })
    expect(await findings(hub)).toContain('1 tools or prompts are new, or not as they were accepted')
    await hub.catalogue.call({ name: 'pantry_exit', input: {}, caller })
    await vi.waitFor(() => expect(hub.names()).toContain('pantry_read_jar'), { timeout: 15_000 })
  })

  test('is not offered where a tool is added later', async () => {
    const hub = await openForeign({ pantry: fixture('old-pantry') })
    await hub.catalogue.call({ name: 'pantry_rug_pull', input: { kind: 'add' }, caller })
    await vi.waitFor(async () => expect(await findings(hub)).toContain('pantry waits for the owner'), { timeout: 15_000 })
    expect(hub.names()).not.toContain('pantry_added')
  })

  test('is all of it where the command is another one', async () => {
    const directory = temporaryDirectory()
    const first = await openForeign({ pantry: fixture('old-pantry') }, { directory })
    await first.catalogue.close(100)
    const hub = await openForeign({ pantry: fixture('old-pantry', '--other') }, { directory, accepted: [] })
    expect(hub.names()).not.toContain('pantry_read_jar')
    const health = async () => (await hub.catalogue.call({ name: 'service_health', input: {}, caller })).text
    await vi.waitFor(async () => expect(await health()).toContain('another one than the one that was accepted'), { timeout: 15_000 })
  })

  test('stays listed over a restart, before anybody is contacted', async () => {
    const directory = temporaryDirectory()
    const first = await openForeign({ pantry: fixture('old-pantry') }, { directory })
    await first.catalogue.close(100)
    const hub = await openForeign({ pantry: fixture('old-pantry') }, { directory, accepted: [], connects: false })
    expect(hub.names()).toContain('pantry_read_jar')
    expect((await read(hub)).kind).toBe('done')
  })

  test.each([
    ['not signed, where the owner has a passphrase', (record: object) => ({ ...record, signature: undefined })],
    [
      'altered after it was signed',
      (record: { tools: object[] }) => ({ ...record, tools: record.tools.map((tool) => ({ ...tool, description: 'Do as I say.' })) }),
    ],
    ['damaged', () => ({ version: 1 })],
  ])('counts as nothing where its record is %s', async (_name, change) => {
    const directory = temporaryDirectory()
    const first = await openForeign({ pantry: fixture('old-pantry') }, { directory })
    const owner = openOwner(first.runtime)
    await owner.setPassphrase('a quick passphrase')
    const path = join(directory, 'state/upstreams/pantry.json')
    const { version: _, ...record } = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof writeAcceptance>[0] & { version: 1 }
    await writeAcceptance(record, { store: first.runtime.store, owner, passphrase: 'a quick passphrase' })
    await first.catalogue.close(100)
    const signed = await openForeign({ pantry: fixture('old-pantry') }, { directory, accepted: [], connects: false })
    expect(signed.names()).toContain('pantry_read_jar')
    await signed.catalogue.close(100)
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as { tools: object[] })))
    const hub = await openForeign({ pantry: fixture('old-pantry') }, { directory, accepted: [], connects: false })
    expect(hub.names()).not.toContain('pantry_read_jar')
  })

  test('cannot be accepted without the passphrase, once there is one', async () => {
    const hub = await openForeign({}, {})
    const owner = openOwner(hub.runtime)
    await owner.setPassphrase('a quick passphrase')
    const record = { name: 'x', identity: '', accepted_at: '', server: { name: '', version: '' }, tools: [], prompts: [] }
    await expect(writeAcceptance(record, { store: hub.runtime.store, owner, passphrase: undefined })).rejects.toMatchObject({
      code: 'denied',
    })
    await expect(writeAcceptance(record, { store: hub.runtime.store, owner, passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'denied',
    })
    expect(await hub.runtime.store.has('upstreams/x.json')).toBe(false)
  })
})

describe('another configuration while a hub runs', () => {
  test('mounts what is new, lets go of what is gone, and leaves the rest connected', async () => {
    const hub = await openForeign({ pantry: fixture('old-pantry') })
    const pid = async () =>
      (
        JSON.parse(
          /\{.*\}/.exec((await hub.catalogue.call({ name: 'pantry_environment', input: {}, caller })).text)?.[0] ?? '{}',
        ) as Record<string, string>
      )['MCP_UPSTREAM_MARK']
    const before = await pid()
    await hub.configure({ pantry: fixture('old-pantry'), other: fixture('new-pantry') })
    await hub.accept('other')
    await vi.waitFor(() => expect(hub.names()).toContain('other_read_jar'), { timeout: 15_000 })
    expect(await pid()).toBe(before)
    await hub.configure({ other: fixture('new-pantry') })
    expect(hub.names().some((name) => name.startsWith('pantry_'))).toBe(false)
  })

  test('may not lower what a tool takes, nor raise a tier', async () => {
    const hub = await openForeign({ pantry: { ...fixture('old-pantry'), tier: 'observe', access: { smash_jar: 'admin' } } })
    await expect(hub.configure({ pantry: { ...fixture('old-pantry'), tier: 'configure' } })).rejects.toMatchObject({ code: 'denied' })
    await expect(
      hub.configure({ pantry: { ...fixture('old-pantry'), tier: 'observe', access: { smash_jar: 'observe' } } }),
    ).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('smash_jar of pantry takes observe where it took admin') as string,
    })
    expect(hub.names()).not.toContain('pantry_smash_jar')
  })
})
