import { ToolError } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import type { CallResult } from '@rackwarden/core/runtime'
import { codeOf, openShelves, tokenOf, type OpenShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

/** Plans and confirms, and gives the id of the change. */
async function carriedOut({ call }: OpenShelves, name: string, input: Record<string, unknown>): Promise<string> {
  const confirm = tokenOf(await call(name, input))
  return changeOf(await call(name, { ...input, confirm }))
}

function changeOf(result: CallResult): string {
  if (result.kind !== 'done' || result.change === undefined) throw new Error(`no change: ${result.text}`)
  return result.change
}

describe('undo_change', () => {
  test('takes a change back by its inverse, planned and confirmed like any write, and so the undo itself', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const open = await openShelves({ main: shelf })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    const planned = await open.call('undo_change', { change })
    expect(planned).toMatchObject({ kind: 'plan', plan: { summary: 'Put off on lamp', tool: 'undo_change' } })
    const undone = await open.call('undo_change', { change, confirm: tokenOf(planned) })
    expect(shelf.entries.get('lamp')).toBe('off')
    expect(await carriedOut(open, 'undo_change', { change: changeOf(undone) })).toBeTypeOf('string')
    expect(shelf.entries.get('lamp')).toBe('on')
    const listed = await open.call('list_changes')
    expect(listed).toMatchObject({
      output: {
        changes: [{ undoes: changeOf(undone) }, { id: changeOf(undone), undoes: change, undone_by: expect.any(String) }, { id: change }],
      },
    })
    expect(listed.text.split('\n')[0]).toBe('id | at | tool | instance | what | by | undo')
    expect(listed.text).toMatch(/Put on on lamp .*\| undone by \S+$/m)
    for (const tool of ['add_entry', 'shelf_add_entry'])
      expect(await open.call('list_changes', { tool })).toMatchObject({
        output: { changes: expect.arrayContaining([expect.objectContaining({ id: change })]) },
      })
  })

  test('says what became of the target since, and then takes what the inverse itself takes', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const open = await openShelves({ main: shelf })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    shelf.entries.set('lamp', 'dim')
    const planned = await open.call('undo_change', { change })
    expect(planned).toMatchObject({
      kind: 'plan',
      plan: { warnings: ['The target is no longer as the change left it (left → now): value: on → dim.'] },
    })
  })

  test('tells why a change cannot be taken back', async () => {
    const shelf = createShelf()
    const open = await openShelves({ main: shelf })
    const change = await carriedOut(open, 'shelf_restart_bell', {})
    const refused = await open.call('undo_change', { change })
    expect(refused.text).toMatch(/^conflict: The change \S+ cannot be taken back: restart_bell leaves nothing that could be\./)
    expect(await open.call('get_change', { change })).toMatchObject({
      output: { revertible: false, reason: 'restart_bell leaves nothing that could be' },
    })
    expect(codeOf(await open.call('undo_change', { change: '20260101T000000-aaaaaa' }))).toBe('not_found')
  })

  test('says that a change was taken back already, and by which', async () => {
    const open = await openShelves({ main: createShelf({ lamp: 'off' }) })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    const by = await carriedOut(open, 'undo_change', { change })
    expect((await open.call('undo_change', { change })).text).toContain(`It was taken back already, by ${by}.`)
  })

  test('names the tools of the service as they are called here where its plan fails', async () => {
    const shelf = createShelf()
    const open = await openShelves({ main: shelf })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    shelf.failure = new ToolError('not_found', 'It is gone.', { hint: 'list_entries shows what there is.' })
    expect((await open.call('undo_change', { change })).text).toContain('shelf_list_entries shows')
  })

  test('a tool that vanished leaves a change that cannot be taken back, with the reason', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const open = await openShelves({ main: shelf })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'door', value: 'open' })
    const later = await openShelves({ main: shelf }, { stateDirectory: open.stateDirectory, toolsOff: ['remove_entry'] })
    expect((await later.call('undo_change', { change })).text).toContain('the tool remove_entry is not there any more, or switched off')
  })

  test('is bound like every plan: a token for another change, a replay and a moved state are refused', async () => {
    const shelf = createShelf({ lamp: 'off', door: 'shut' })
    const open = await openShelves({ main: shelf })
    const lamp = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    const door = await carriedOut(open, 'shelf_add_entry', { name: 'door', value: 'open' })
    const confirm = tokenOf(await open.call('undo_change', { change: lamp }))
    expect(codeOf(await open.call('undo_change', { change: door, confirm }))).toBe('denied')
    shelf.entries.set('lamp', 'dim')
    expect((await open.call('undo_change', { change: lamp, confirm })).kind).toBe('plan')
    expect(shelf.entries.get('lamp')).toBe('dim')
  })

  test('a caller limited to other services sees and undoes nothing', async () => {
    const open = await openShelves({ main: createShelf() })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    expect(codeOf(await open.call('undo_change', { change }, { services: ['docker'] }))).toBe('not_found')
    expect(await open.call('list_changes', {}, { services: ['docker'] })).toMatchObject({ output: { changes: [] } })
  })
})
