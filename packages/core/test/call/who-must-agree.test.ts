import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAudit } from '@rackwarden/core/runtime'
import { adminAcknowledgement } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'
import { human, input, ownersShell, passphrase } from './owners-shell.ts'

describe('who must agree', () => {
  test('nobody, where the owner says so for a tier: the write runs at once and is audited as agreed by none', async () => {
    const shelf = createShelf()
    const { call, catalogue, stateDirectory } = await openShelves({ main: shelf }, { approval: { tiers: { configure: 'none' } } })
    expect(await call('shelf_add_entry', input)).toMatchObject({ kind: 'done', output: input })
    await catalogue.runtime.audit.flush()
    expect((await readAudit(stateDirectory, { kind: 'outcome' })).map(({ approval }) => approval)).toEqual(['none'])
  })

  test.each([
    ['its service', { services: { shelf: 'human' } }],
    ['its tool', { tools: { shelf_add_entry: 'human' } }],
    ['tools of its kind', { tools: { '*_add_*': 'human' } }],
    ['its target', { targets: { 'shelf/entry/la*': 'human' } }],
    ['its target on this instance', { targets: { 'shelf@main/entry/lamp': 'human' } }],
  ] as const)('the strictest of what is said of %s and of the tier', async (_, approval) => {
    const { call } = await openShelves({ main: createShelf() }, { approval: { tiers: { configure: 'none' }, ...approval } })
    expect((await call('shelf_add_entry', input)).kind).toBe('pending')
  })

  test('a standing rule speaks for the person, on what it names, until it ends or is taken back', async () => {
    const shelf = createShelf()
    const open = await openShelves({ main: shelf }, human)
    const { owner, rules } = ownersShell(open)
    await owner.setPassphrase(passphrase)
    const until = new Date(Date.now() + 60_000).toISOString()
    const rule = { name: 'lights', tools: ['shelf_add_entry'], except: ['door'], until, by: 'cli:me' }
    await rules.allow(rule, passphrase)
    const confirm = tokenOf(await open.call('shelf_add_entry', input))
    expect((await open.call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
    expect((await open.call('shelf_add_entry', { name: 'door', value: 'open' })).kind).toBe('pending')
    expect((await open.call('shelf_remove_entry', { name: 'lamp' })).kind).toBe('pending')
    await open.catalogue.runtime.audit.flush()
    expect((await readAudit(open.stateDirectory, { kind: 'outcome' })).map(({ approval }) => approval)).toEqual(['rule:lights'])
    const planned = tokenOf(await open.call('shelf_add_entry', { ...input, value: 'dim' }))
    await rules.revoke('lights')
    expect((await open.call('shelf_add_entry', { ...input, value: 'dim', confirm: planned })).kind).toBe('pending')
    expect(shelf.writes).toBe(1)
  })

  test('no rule speaks for a person on what cannot be taken back, and none that the owner did not sign', async () => {
    const shelf = createShelf({ lamp: 'on' })
    const open = await openShelves({ main: shelf }, { ...human, tier: 'admin', environment: { RACKWARDEN_ADMIN: adminAcknowledgement } })
    const { owner, rules } = ownersShell(open)
    await owner.setPassphrase(passphrase)
    const until = new Date(Date.now() + 60_000).toISOString()
    await rules.allow({ name: 'all', tools: ['*'], except: [], until, by: 'cli:me' }, passphrase)
    expect((await open.call('shelf_delete_shelf', {}, { tier: 'admin' })).kind).toBe('pending')
    const path = join(open.stateDirectory, 'rules', 'all.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"except":[]', '"except":["x"]'))
    expect((await open.call('shelf_add_entry', input)).kind).toBe('pending')
    expect(shelf.writes).toBe(0)
  })
})
