import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openService, readAudit, type OpenedService, type OpenServiceOptions } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createShelf, shelfService } from '../shelf.ts'

const shelves = () => ({ main: createShelf({ apple: 'red' }), attic: createShelf({ apple: 'green' }) })

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'rackwarden-embed-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

async function opened(options: OpenServiceOptions = {}, own = shelves()): Promise<OpenedService & { log: string[] }> {
  const log: string[] = []
  const service = await openService(shelfService(own), {
    environment: {},
    stateDirectory: options.runtime === undefined ? await directory() : undefined,
    configuration: { shelf: 'main' },
    log: (level, message) => log.push(`${level}: ${message}`),
    ...options,
  })
  onTestFinished(() => service.close(0))
  return { ...service, log }
}

describe('a service without a server', () => {
  test('reads, and at the tier nobody raised it only reads', async () => {
    const service = await opened()
    expect(service.tier).toBe('observe')
    expect(service.tools().map(({ name }) => name)).toEqual([
      'check_slowly',
      'describe_homelab',
      'get_change',
      'get_entry',
      'get_operation',
      'list_approvals',
      'list_changes',
      'list_entries',
      'needs_attention',
      'query_audit',
      'service_health',
      'verify_audit',
      'what_changed',
    ])
    expect(await service.call('get_entry', { name: 'apple' })).toMatchObject({ kind: 'done', output: { name: 'apple', value: 'red' } })
    expect(await service.call('add_entry', { name: 'pear', value: 'green' })).toMatchObject({ kind: 'error', error: { code: 'denied' } })
  })

  test('plans, confirms once, tells a replay, and audits all of it', async () => {
    const own = shelves()
    const stateDirectory = await directory()
    const service = await opened({ tier: 'configure', stateDirectory }, own)
    const input = { name: 'pear', value: 'green' }
    const plan = await service.call('add_entry', input)
    if (plan.kind !== 'plan') throw new Error(plan.text)
    expect(own.main.writes).toBe(0)
    const confirmed = { ...input, confirm: plan.plan.confirm }
    expect(await service.call('add_entry', confirmed, { principal: 'local:other' })).toMatchObject({ error: { code: 'denied' } })
    expect(await service.call('add_entry', confirmed)).toMatchObject({ kind: 'done', output: input })
    expect(await service.call('add_entry', confirmed)).toMatchObject({ kind: 'done', already: true })
    expect(own.main.writes).toBe(1)
    await service.close()
    const kinds = (await readAudit(stateDirectory, {})).map(({ kind, result }) => [kind, result])
    expect(kinds).toContainEqual(['intent', undefined])
    expect(kinds).toContainEqual(['outcome', 'done'])
    expect((await readdir(join(stateDirectory, 'changes'))).length).toBe(1)
  })

  test('gives a caller no more than the caller was given', async () => {
    const service = await opened({ tier: 'configure' })
    const reader = { principal: 'token:reader', tier: 'observe' } as const
    expect(service.tools({}, reader).map(({ name }) => name)).not.toContain('add_entry')
    expect(await service.call('add_entry', { name: 'a', value: 'b' }, reader)).toMatchObject({ error: { code: 'denied' } })
  })

  test('hears of progress, and stops when it is told to', async () => {
    const own = shelves()
    own.main.door = new Promise(() => undefined)
    const service = await opened({}, own)
    const cancel = new AbortController()
    const seen: string[] = []
    const result = await service.call(
      'check_slowly',
      {},
      {},
      {
        signal: cancel.signal,
        progress: ({ message }) => {
          seen.push(message)
          setImmediate(() => cancel.abort())
        },
      },
    )
    expect(seen).toEqual(['at the door'])
    expect(result).toMatchObject({ kind: 'error', error: { code: 'denied', message: 'The call was cancelled.' } })
  })
})

describe('what a service is opened with', () => {
  test('may be a few of its tools, and the others are not there', async () => {
    const service = await opened({ only: ['get_entry'], tier: 'configure' })
    expect(service.tools().map(({ name }) => name)).toEqual(['cancel_operation', 'get_entry', 'get_operation'])
    expect(await service.call('list_entries')).toMatchObject({ kind: 'error', error: { code: 'not_found' } })
    await expect(opened({ only: ['get_entri'] })).rejects.toThrow("Shelf has no tool 'get_entri' to offer. Did you mean 'get_entry'?")
  })

  test('puts the prefix before every name, and where texts name a tool', async () => {
    const service = await opened({ prefix: 'pantry_', tier: 'configure' }, { ...shelves(), main: createShelf({ pear: 'broken' }) })
    expect(service.tools().every(({ name }) => name.startsWith('pantry_'))).toBe(true)
    expect(service.instructions()).toContain('pantry_needs_attention')
    expect((await service.call('pantry_get_entry', { name: 'fig' })).text).toContain('pantry_list_entries shows them.')
    expect((await service.call('pantry_needs_attention')).text).toContain('next: pantry_get_entry name=pear')
    expect((await service.call('pantry_restart_bell')).text).toContain('then call pantry_restart_bell again')
    expect(await service.call('get_entry', { name: 'fig' })).toMatchObject({ error: { code: 'not_found' } })
    for (const prefix of ['pantry ', '_pantry', 'p'.repeat(60)])
      await expect(opened({ prefix })).rejects.toThrow('cannot stand before the names of tools')
  })

  test('may be several instances, with values that stand for others', async () => {
    const service = await opened({
      environment: { ATTIC: 'attic' },
      configuration: { instances: { main: { shelf: 'main' }, attic: { shelf: 'env:ATTIC' } } },
    })
    expect(await service.call('get_entry', { name: 'apple', instance: 'attic' })).toMatchObject({ output: { value: 'green' } })
    expect((await service.call('list_entries')).text).toMatch(/attic/)
  })

  test('is refused where it is wrong, and never quoted where it is secret', async () => {
    await expect(opened({ configuration: { shelf: 'main', apiKye: 'x' } })).rejects.toThrow(
      "'apiKye' is not known here. Did you mean 'apiKey'?",
    )
    await expect(opened({ configuration: { shelf: 'main', wait: 'long', apiKey: 'hunter2hunter2' } })).rejects.toThrow(/^Shelf: 'wait': /)
    await expect(opened({ configuration: { shelf: 'env:NOWHERE' } })).rejects.toThrow('The environment variable NOWHERE is not set.')
    await expect(opened({ tier: 'admin' })).rejects.toThrow("the tier 'admin' is not granted without RACKWARDEN_ADMIN")
    const service = await opened(
      { configuration: { shelf: 'main', apiKey: 'hunter2hunter2' } },
      {
        ...shelves(),
        main: createShelf({ apple: 'hunter2hunter2' }),
      },
    )
    expect(JSON.stringify(await service.call('get_entry', { name: 'apple' }))).not.toContain('hunter2')
  })

  test('is the environment where nothing is given, its tier too', async () => {
    const service = await opened({
      configuration: undefined,
      environment: { SHELF_SHELF: 'attic', RACKWARDEN_TIER: 'operate', HOME: await directory() },
    })
    expect(service.tier).toBe('operate')
    expect(await service.call('get_entry', { name: 'apple' })).toMatchObject({ output: { value: 'green' } })
  })

  test('is missed in the log, and the service is then not offered', async () => {
    const service = await opened({ configuration: undefined, environment: { HOME: await directory() } })
    expect(service.log).toEqual(['warn: Shelf is not configured, and its tools are not offered. Set SHELF_SHELF.'])
    expect(service.tools().map(({ name }) => name)).not.toContain('get_entry')
  })

  test('may be the runtime of another: one audit, and the secrets of one are withheld by both', async () => {
    const first = await opened({ configuration: { shelf: 'main', apiKey: 'hunter2hunter2' } })
    const second = await opened({ runtime: first.runtime }, { ...shelves(), main: createShelf({ apple: 'hunter2hunter2' }) })
    expect(JSON.stringify(await second.call('get_entry', { name: 'apple' }))).not.toContain('hunter2')
    await second.close()
    expect(await first.call('get_entry', { name: 'apple' })).toMatchObject({ kind: 'done' })
  })
})
