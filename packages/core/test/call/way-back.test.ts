import { ToolError, type Asset } from '@rackwarden/core'
import { verifyAudit } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { codeOf, openShelves, tokenOf, type OpenShelvesOptions } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'
import { createHouse, createKeeper, houseService, keeperService, scoutService } from './house.ts'

async function openHouse(options: OpenShelvesOptions = {}) {
  const [house, keeper] = [createHouse(), createKeeper()]
  const beside = options.beside ?? [houseService(house), keeperService(keeper)]
  const open = await openShelves({ main: createShelf() }, { ...options, beside })
  const write = async (input: Record<string, unknown> = {}) => {
    const given = { name: 'door', value: 'open', snapshot_first: true, ...input }
    const planned = await open.call('house_write_note', given)
    return planned.kind === 'plan' ? open.call('house_write_note', { ...given, confirm: planned.plan.confirm }) : planned
  }
  const plan = async (input: Record<string, unknown> = {}) =>
    open.call('house_write_note', { name: 'door', value: 'open', snapshot_first: true, ...input })
  return { ...open, house, keeper, write, plan }
}

describe('a way back that is to be taken first', () => {
  test('is a part of the plan, is taken before the write, and is named with it', async () => {
    const { plan, write, keeper, house, call } = await openHouse()
    expect(await plan()).toMatchObject({
      plan: {
        targets: ['house/note/door', 'keeper/machine/guest-7', 'keeper/copy/guest-7/1'],
        diff: ['first, keeper: Copy guest-7'],
        warnings: ['It takes room.'],
      },
    })
    expect(keeper.copies.size).toBe(0)
    const done = await write()
    expect(done.text).toMatch(
      /Taken first: keeper\/copy\/guest-7\/1 \(change \S+\); keeper_restore_machine machine=guest-7 copy=guest-7\/1 goes back to it\./,
    )
    expect([...keeper.copies]).toEqual([['guest-7/1', 'Before: Write door']])
    expect(house.notes.get('door')).toBe('open')
    const change = done.kind === 'done' ? (done.change ?? '') : ''
    expect(await call('get_change', { change })).toMatchObject({ output: { way_back: ['keeper/copy/guest-7/1'], revertible: true } })
    expect((await call('list_changes')).text).toContain('Write door (behind keeper/copy/guest-7/1)')
  })

  test('stays where the write is taken back, and is taken back by itself', async () => {
    const { write, keeper, house, call } = await openHouse()
    const done = await write()
    const change = done.kind === 'done' ? (done.change ?? '') : ''
    const planned = await call('undo_change', { change })
    expect(planned).toMatchObject({ plan: { warnings: ['keeper/copy/guest-7/1 was taken before it, and stays.'] } })
    expect((await call('undo_change', { change, confirm: tokenOf(planned) })).kind).toBe('done')
    expect([house.notes.size, keeper.copies.size]).toEqual([0, 1])
    const copied = /\(change (\S+)\)/.exec(done.text)?.[1] ?? ''
    expect((await call('undo_change', { change: copied, confirm: tokenOf(await call('undo_change', { change: copied })) })).kind).toBe(
      'done',
    )
    expect(keeper.copies.size).toBe(0)
  })

  test('keeps the write from being done where it fails', async () => {
    const { write, keeper, house, stateDirectory, catalogue } = await openHouse()
    keeper.failure.run = new ToolError('upstream', 'No room.', { hint: 'copy_machine needs some.' })
    const failed = await write()
    expect(codeOf(failed)).toBe('upstream')
    expect(failed.text).toContain('What was to be taken first failed, so nothing else was done: No room.')
    expect(failed.text).toContain('keeper_copy_machine needs some. The state is as it was before.')
    expect([house.notes.size, keeper.copies.size]).toEqual([0, 0])
    await catalogue.close(0)
    expect((await verifyAudit(stateDirectory)).unfinished).toEqual([])
  })

  test('stays and is named where what comes after it fails', async () => {
    const { write, keeper, house } = await openHouse()
    house.failure = new ToolError('upstream', 'The pen is dry.')
    const failed = await write()
    expect(failed.text).toContain('The pen is dry. keeper/copy/guest-7/1 was taken before, and stays.')
    expect(failed.text).toContain('keeper_restore_machine machine=guest-7 copy=guest-7/1 goes back to it')
    expect(keeper.copies.size).toBe(1)
  })

  test('is taken in vain where somebody writes meanwhile: nothing is overwritten', async () => {
    const { write, keeper, house } = await openHouse()
    keeper.afterCopy = () => house.notes.set('door', 'ajar')
    const late = await write()
    expect(codeOf(late)).toBe('conflict')
    expect(late.text).toContain(
      'The state moved while the way back was taken; nothing else was done. keeper/copy/guest-7/1 was taken before',
    )
    expect(house.notes.get('door')).toBe('ajar')
  })

  test('is bound to its own state: where that moved there is a new plan', async () => {
    const { plan, keeper, call } = await openHouse()
    const confirm = tokenOf(await plan())
    keeper.copies.set('guest-7/1', 'by hand')
    const again = await call('house_write_note', { name: 'door', value: 'open', snapshot_first: true, confirm })
    expect(again).toMatchObject({ kind: 'plan', plan: { targets: expect.arrayContaining(['keeper/copy/guest-7/2']) } })
  })

  test('is a part of what was agreed to: a plan without it does not run with it', async () => {
    const { call, plan } = await openHouse()
    const confirm = tokenOf(await plan({ snapshot_first: false }))
    expect(codeOf(await call('house_write_note', { name: 'door', value: 'open', snapshot_first: true, confirm }))).toBe('denied')
  })

  test('is not taken where there is nothing to do', async () => {
    const { plan, house, keeper } = await openHouse()
    house.notes.set('door', 'open')
    expect(await plan()).toMatchObject({ kind: 'done' })
    expect(keeper.copies.size).toBe(0)
  })
})

describe('a way back that is not to be had', () => {
  const withoutIt = 'Leaving snapshot_first out does it with no way back.'

  test.each<[string, (lab: Awaited<ReturnType<typeof openHouse>>) => void, string, string]>([
    [
      'does not answer',
      ({ keeper }) => (keeper.failure.assets = new ToolError('unreachable', 'Gone.')),
      'unreachable',
      'keeper does not answer, so whether cottage is a machine there is not known',
    ],
    [
      'says no',
      ({ keeper }) => (keeper.failure.plan = new ToolError('conflict', 'Its disk has none.', { hint: 'Back it up.' })),
      'conflict',
      'Its disk has none.\nBack it up.',
    ],
    [
      'keeps no such machine',
      ({ house }) => (house.known = { name: 'elsewhere', macs: ['02:00:00:00:00:99'] }),
      'not_found',
      'no machine of keeper is known to be elsewhere',
    ],
    [
      'keeps several that may be it',
      ({ house }) => (house.known = { name: 'x', macs: ['02:00:00:00:00:07', '02:00:00:00:00:08'] }),
      'conflict',
      'x may be any of keeper/machine/guest-7 (guest-7) and keeper/machine/guest-8 (guest-8)',
    ],
    [
      'has nothing of the kind',
      ({ house }) => (house.known = { name: 'rack' }),
      'conflict',
      'keeper/machine/rack (rack) is a node: there is no copy of one',
    ],
  ])('because what keeps it %s: nothing happens, and the reason is told', async (_, spoil, code, reason) => {
    const lab = await openHouse()
    spoil(lab)
    const refused = await lab.plan()
    expect(codeOf(refused)).toBe(code)
    expect(refused.text).toContain(reason)
    expect(refused.text).toContain(withoutIt)
    expect((await lab.plan({ snapshot_first: false })).kind).toBe('plan')
  })

  test.each<[string, OpenShelvesOptions, string]>([
    ['is protected', { protect: ['keeper/copy/*'] }, 'keeper/copy/guest-7/1 is protected'],
    ['is switched off', { besideConfiguration: { toolsOff: ['copy_machine'] } }, 'keeper_copy_machine is switched off'],
  ])('because it %s is refused', async (_, options, reason) => {
    const { plan } = await openHouse(options)
    expect((await plan()).text).toContain(reason)
  })

  test('for want of rights is refused, and so is one of a service that is not the caller’s', async () => {
    const { call } = await openHouse()
    const input = { name: 'door', value: 'open', snapshot_first: true }
    expect((await call('house_write_note', input, { services: ['house'] })).text).toContain(
      'no service that is configured for you takes one',
    )
    const low = await openShelves(
      { main: createShelf() },
      { beside: [houseService(createHouse()), keeperService(createKeeper())], besideConfiguration: { tier: 'observe' } },
    )
    expect(codeOf(await low.call('house_write_note', input))).toBe('denied')
  })

  test('is no input of what leaves nothing, nor of what lands in no machine', async () => {
    const { call } = await openHouse()
    expect((await call('house_ring_bell', { snapshot_first: true })).text).toContain("ring_bell takes no 'snapshot_first'.")
    expect((await call('shelf_add_entry', { name: 'a', value: 'b', snapshot_first: true })).text).toContain("takes no 'snapshot_first'")
    expect((await call('house_write_note', { name: 'a', value: 'b', snapshot_first: 'yes' })).text).toContain('must be true or false')
  })
})

describe('a way back nobody asked for', () => {
  test('is offered by the plan in a line, or said to be none, and costs nothing where nothing is known', async () => {
    const { plan, keeper, house } = await openHouse()
    const warningsOf = async () => {
      const planned = await plan({ snapshot_first: false })
      return planned.kind === 'plan' ? planned.plan.warnings : [planned.text]
    }
    expect(await warningsOf()).toEqual(['snapshot_first: true would take keeper/copy/guest-7/1 before it.'])
    keeper.failure.plan = new ToolError('conflict', 'Its disk has none.')
    expect(await warningsOf()).toEqual(['No copy can be taken first: Its disk has none.'])
    house.known = { name: 'elsewhere', macs: ['02:00:00:00:00:99'] }
    expect(await warningsOf()).toEqual([])
    house.known = createHouse().known
    keeper.failure.assets = new ToolError('unreachable', 'Gone.')
    expect(await warningsOf()).toEqual([])
    // What did not answer is not asked again with each plan; whoever asks for it asks again.
    keeper.failure = {}
    expect(await warningsOf()).toEqual([])
    expect(await plan()).toMatchObject({ plan: { diff: ['first, keeper: Copy guest-7'] } })
    expect(await warningsOf()).toEqual(['snapshot_first: true would take keeper/copy/guest-7/1 before it.'])
  })

  test('is listed as an input only where a service has one', async () => {
    const schemaIn = (catalogue: Awaited<ReturnType<typeof openHouse>>['catalogue']) =>
      JSON.stringify(
        catalogue.list({ caller: { principal: 'local:tester', tier: 'configure' } }).find(({ name }) => name === 'house_write_note')
          ?.inputSchema,
      )
    expect(schemaIn((await openHouse()).catalogue)).toContain('"snapshot_first":{"type":"boolean"}')
    expect(schemaIn((await openHouse({ beside: [houseService(createHouse())] })).catalogue)).not.toContain('snapshot_first')
    expect(schemaIn((await openHouse({ besideConfiguration: { toolsOff: ['copy_machine'] } })).catalogue)).not.toContain('snapshot_first')
  })
})

test('approval is that of the write and of the way back, the strictest of the two', async () => {
  const { plan } = await openHouse({ approval: { tools: { keeper_copy_machine: 'human' } } })
  expect((await plan()).kind).toBe('pending')
  expect((await plan({ snapshot_first: false })).kind).toBe('plan')
})

describe('which machine a write lands in', () => {
  type Known = Partial<Asset> & { name: string }
  const told = async (house: Partial<Asset>, machines: Known[]) => {
    const lab = await openHouse()
    lab.house.known = house
    lab.keeper.machines = machines
    const planned = await lab.plan()
    return planned.kind === 'plan' ? planned.plan.diff?.[0] : planned.text.split('\n')[0]
  }

  test.each<[string, Partial<Asset>, Known[], string]>([
    [
      'a hardware address before a name',
      { name: 'a', macs: ['AA:00:00:00:00:01'] },
      [
        { name: 'a', macs: ['bb:00:00:00:00:02'] },
        { name: 'b', macs: ['aa:00:00:00:00:01'] },
      ],
      'first, keeper: Copy b',
    ],
    [
      'an address before a name',
      { name: 'a', addresses: ['10.0.0.1'] },
      [
        { name: 'a', addresses: ['10.0.0.2'] },
        { name: 'b', addresses: ['10.0.0.1'] },
      ],
      'first, keeper: Copy b',
    ],
    ['a name where nothing else is known of one of them', { name: 'A', addresses: ['10.0.0.1'] }, [{ name: 'a' }], 'first, keeper: Copy a'],
    [
      'no namesake that has another address',
      { name: 'a', addresses: ['10.0.0.1'] },
      [{ name: 'a', addresses: ['10.0.0.2'] }],
      'is known to be a.',
    ],
    [
      'neither of two namesakes',
      { name: 'a' },
      [
        { name: 'a', target: 'keeper/machine/1' },
        { name: 'a', target: 'keeper/machine/2' },
      ],
      'a may be any of keeper/machine/1 (a) and keeper/machine/2 (a)',
    ],
  ])('is told by %s', async (_, house, machines, answer) => {
    expect(await told(house, machines)).toContain(answer)
  })

  test('is told by somebody who knows more of what goes by the name', async () => {
    const house = { ...createHouse(), known: { name: 'cottage' } }
    const beside = (known: Partial<Asset>) => [
      houseService(house),
      keeperService(createKeeper()),
      scoutService({ name: 'cottage', ...known }),
    ]
    const input = { name: 'door', value: 'open', snapshot_first: true }
    const knowing = await openShelves({ main: createShelf() }, { beside: beside({ macs: ['02:00:00:00:00:08'] }) })
    expect(await knowing.call('house_write_note', input)).toMatchObject({ plan: { diff: ['first, keeper: Copy guest-8'] } })
    const ignorant = await openShelves({ main: createShelf() }, { beside: beside({ macs: ['02:00:00:00:00:99'] }) })
    expect((await ignorant.call('house_write_note', input)).text).toContain('is known to be cottage')
  })
})
