import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineService, ToolError, toolsFor, type Service } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { codeOf, openShelves, tokenOf, type OpenShelvesOptions } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'
import { createGuard, guardService } from './guard.ts'

/** A door that stays as it is left, and is an asset of its own. */
function doorService(): Service {
  const tool = (name: 'stop_door' | 'start_door', inverse: string) =>
    toolsFor<object>()({
      name,
      title: 'A door',
      description: 'Moves the door.',
      access: 'operate',
      input: z.object({}),
      output: z.object({}),
      state: () => ({}),
      plan: () => ({ summary: name, targets: ['hall/door/door'] }),
      run: () => ({}),
      undo: () => ({ tool: inverse, input: {} }),
    })
  return defineService({
    name: 'hall',
    title: 'Hall',
    description: 'Doors.',
    instances: 'many',
    config: {},
    connect: () => ({}),
    health: () => ({ evidence: 'there' }),
    assets: () => Promise.resolve([{ target: 'hall/door/door', kind: 'door', name: 'door', aliases: [], addresses: [], macs: [] }]),
    simulate: () => Promise.reject(new Error('a hall needs no simulator')),
    tools: [tool('stop_door', 'start_door'), tool('start_door', 'stop_door')],
  })
}

async function openGuarded(options: OpenShelvesOptions = {}) {
  const [guard, shelf] = [createGuard(), createShelf()]
  return { ...(await openShelves({ main: shelf }, { ...options, beside: [guardService(guard)] })), guard, shelf }
}

describe('what watches the target of a write that leaves nothing lasting', () => {
  test('is named in the plan, paused before and resumed after', async () => {
    const { call, guard, shelf, stateDirectory } = await openGuarded()
    const planned = await call('shelf_restart_bell')
    expect(planned).toMatchObject({ plan: { diff: ['guard/monitor/bell: paused until it is done'] } })
    expect(guard.told).toEqual([])
    expect((await call('shelf_restart_bell', { confirm: tokenOf(planned) })).kind).toBe('done')
    expect(guard.told).toEqual(['pause guard/monitor/bell', 'resume'])
    expect(shelf.rings).toBe(1)
    expect(await readdir(join(stateDirectory, 'pauses'))).toEqual([])
  })

  test('is left alone where that is asked for, where it rests, and by what lasts', async () => {
    const { call, guard } = await openGuarded()
    const ignored = await call('shelf_restart_bell', { watchers: 'ignore' })
    expect(ignored).toMatchObject({ plan: { diff: [] } })
    expect(codeOf(await call('shelf_restart_bell', { confirm: tokenOf(ignored) }))).toBe('denied')
    expect((await call('shelf_restart_bell', { watchers: 'ignore', confirm: tokenOf(ignored) })).kind).toBe('done')
    expect(await call('shelf_add_entry', { name: 'lamp', value: 'on' })).toMatchObject({ plan: { diff: ['lamp: (none) → on'] } })
    expect(codeOf(await call('shelf_add_entry', { name: 'lamp', value: 'on', watchers: 'ignore' }))).toBe('invalid_input')
    guard.state = 'paused'
    expect(await call('shelf_restart_bell')).toMatchObject({ plan: { diff: [] } })
    expect(guard.told).toEqual([])
  })

  test('goes on watching what is stopped and stays so, for it is to say that', async () => {
    const guard = createGuard()
    const { call } = await openShelves({ main: createShelf() }, { beside: [guardService(guard), doorService()] })
    const planned = await call('hall_stop_door')
    expect(planned).toMatchObject({ plan: { diff: [] } })
    expect((await call('hall_stop_door', { watchers: 'ignore' })).text).toContain("stop_door takes no 'watchers'.")
    expect((await call('hall_stop_door', { confirm: tokenOf(planned) })).kind).toBe('done')
    expect(guard.told).toEqual([])
  })

  test('is resumed where the write fails, too, and nothing is done where it cannot be paused', async () => {
    const { call, guard, shelf } = await openGuarded()
    shelf.settlesAfter = -1
    expect((await call('shelf_restart_bell', { confirm: tokenOf(await call('shelf_restart_bell')) })).kind).toBe('error')
    expect(guard.told).toEqual(['pause guard/monitor/bell', 'resume'])
    guard.failure.pause = new ToolError('upstream', 'It is asleep.')
    const refused = await call('shelf_restart_bell', { confirm: tokenOf(await call('shelf_restart_bell')) })
    expect(refused.text).toContain('What watches this could not be paused at Guard: It is asleep. Nothing was done.')
    expect(shelf.rings).toBe(1)
  })

  test('that could not be resumed is said, is a finding, and is resumed by the next start', async () => {
    const open = await openGuarded()
    open.guard.failure.resume = new ToolError('unreachable', 'It is gone.')
    const done = await open.call('shelf_restart_bell', { confirm: tokenOf(await open.call('shelf_restart_bell')) })
    expect(done.kind).toBe('done')
    expect(done.text).toContain('What was paused at Guard could not be resumed (It is gone.)')
    expect((await open.call('needs_attention')).text).toContain('is still paused')
    open.guard.failure = {}
    await rewritten(open.stateDirectory, { owner: 2 ** 30 })
    await open.catalogue.resumeWatchers()
    expect(open.guard.paused.size).toBe(0)
    expect((await open.call('needs_attention')).text).toContain('Nothing needs attention')
  })

  test.each([
    ['a container that was started again, whose process has the number of this one', { begun: '1' }],
    ['a machine that cannot be seen, once it is past', { host: 'elsewhere', until: '2026-01-01T00:00:00Z' }],
  ])('that was left by %s is resumed', async (_, left) => {
    const open = await openGuarded()
    open.guard.failure.resume = new ToolError('unreachable', 'It is gone.')
    await open.call('shelf_restart_bell', { confirm: tokenOf(await open.call('shelf_restart_bell')) })
    open.guard.failure = {}
    await rewritten(open.stateDirectory, { ...left, isLeft: false })
    await open.catalogue.resumeWatchers()
    expect(open.guard.paused.size).toBe(0)
    expect(await readdir(join(open.stateDirectory, 'pauses'))).toEqual([])
  })

  test('is a matter of its own rights: protected, above the tier or for a person to agree to', async () => {
    const guarded = await openGuarded({ protect: ['guard/monitor/bell'] })
    expect(await guarded.call('shelf_restart_bell')).toMatchObject({
      plan: { diff: [], warnings: [expect.stringContaining('Not paused meanwhile: guard/monitor/bell. guard/monitor/bell is protected')] },
    })
    const asked = await openGuarded({ approval: { tools: { guard_pause_monitor: 'human' } } })
    expect((await asked.call('shelf_restart_bell')).kind).toBe('pending')
  })

  test('moved since the plan, so there is a new one', async () => {
    const { call, guard, shelf } = await openGuarded()
    const confirm = tokenOf(await call('shelf_restart_bell'))
    guard.state = 'maintenance'
    expect((await call('shelf_restart_bell', { confirm })).kind).toBe('plan')
    expect(shelf.rings).toBe(0)
  })

  test('the list offers to ignore it only where something watches', async () => {
    const schemaOf = (listing: { name: string; inputSchema: unknown } | undefined) => JSON.stringify(listing?.inputSchema)
    const { catalogue } = await openGuarded()
    const list = catalogue.list({ caller: { principal: 'local:tester', tier: 'configure' } })
    expect(schemaOf(list.find(({ name }) => name === 'shelf_restart_bell'))).toContain('"watchers":{"type":"string","enum":["ignore"]}')
    expect(schemaOf(list.find(({ name }) => name === 'shelf_add_entry'))).not.toContain('watchers')
    const alone = await openShelves({ main: createShelf() })
    const bare = alone.catalogue.list({ caller: { principal: 'local:tester', tier: 'configure' } })
    expect(schemaOf(bare.find(({ name }) => name === 'shelf_restart_bell'))).not.toContain('watchers')
  })
})

/** Alters the records of pauses, as if others had written them. */
async function rewritten(stateDirectory: string, altered: object): Promise<void> {
  for (const name of await readdir(join(stateDirectory, 'pauses'))) {
    const path = join(stateDirectory, 'pauses', name)
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...altered }))
  }
}
