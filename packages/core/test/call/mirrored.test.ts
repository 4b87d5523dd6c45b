import { ToolError } from '@rackwarden/core'
import type { CallResult } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { codeOf, openShelves, tokenOf, type OpenShelves, type OpenShelvesOptions } from '../open-shelves.ts'
import { createShelf, type Shelf } from '../shelf.ts'

const down = new ToolError('unreachable', 'Nothing answers.', { hint: 'Start it.' })
const add = { name: 'lamp', value: 'on' }

/** Two shelves that are to hold the same. */
async function openPair(
  options: OpenShelvesOptions = {},
  entries: Record<string, string> = {},
): Promise<OpenShelves & { left: Shelf; right: Shelf }> {
  const [left, right] = [createShelf(entries), createShelf(entries)]
  return { ...(await openShelves({ left, right }, { ...options, mirrored: true })), left, right }
}

async function carriedOut({ call }: OpenShelves, name: string, input: Record<string, unknown>): Promise<CallResult> {
  return call(name, { ...input, confirm: tokenOf(await call(name, input)) })
}

function groupOf(result: CallResult): string {
  if (result.kind !== 'done' || result.change === undefined) throw new Error(`no group: ${result.text}`)
  return result.change
}

async function findingsOf({ call }: OpenShelves): Promise<string> {
  return (await call('needs_attention')).text
}

describe('a write to mirrored instances', () => {
  test('is one plan for all of them, happens on each, and is taken back as one', async () => {
    const open = await openPair()
    const planned = await open.call('shelf_add_entry', add)
    expect(planned).toMatchObject({
      plan: {
        summary: 'Put on on lamp on left and right',
        instances: ['left', 'right'],
        diff: ['lamp: (none) → on'],
        targets: ['shelf/entry/lamp'],
      },
    })
    const done = await open.call('shelf_add_entry', { ...add, confirm: tokenOf(planned) })
    expect(done).toMatchObject({ kind: 'done', output: add })
    expect([open.left, open.right].map(({ entries, writes }) => [entries.get('lamp'), writes])).toEqual([
      ['on', 1],
      ['on', 1],
    ])
    const group = groupOf(done)
    const { output } = (await open.call('list_changes')) as { output: { changes: { group: string; instance: string }[] } }
    expect(output.changes.map((change) => [change.instance, change.group])).toEqual([
      ['right', group],
      ['left', group],
    ])
    const wayBack = await open.call('undo_change', { change: group })
    expect(wayBack).toMatchObject({ plan: { warnings: [] } })
    const back = await open.call('undo_change', { change: group, confirm: tokenOf(wayBack) })
    expect(back).toMatchObject({ kind: 'done' })
    expect([open.left.entries.size, open.right.entries.size]).toEqual([0, 0])
    expect((await carriedOut(open, 'undo_change', { change: groupOf(back) })).kind).toBe('done')
    expect([open.left.entries.get('lamp'), open.right.entries.get('lamp')]).toEqual(['on', 'on'])
    expect(codeOf(await open.call('undo_change', { change: group }))).toBe('conflict')
  })

  test('says of each what differs between them, and restores to each what it had', async () => {
    const open = await openPair()
    open.left.entries.set('lamp', 'off')
    const planned = await open.call('shelf_add_entry', add)
    expect(planned).toMatchObject({ plan: { diff: ['left: lamp: off → on', 'right: lamp: (none) → on'] } })
    const done = await open.call('shelf_add_entry', { ...add, confirm: tokenOf(planned) })
    await carriedOut(open, 'undo_change', { change: groupOf(done) })
    expect([open.left.entries.get('lamp'), open.right.entries.get('lamp')]).toEqual(['off', undefined])
  })

  test('is refused while one is down, unless that is asked for; then the plan says so, and a finding stays until they are alike', async () => {
    const open = await openPair()
    open.right.failure = down
    const refused = await open.call('shelf_add_entry', add)
    expect(refused.text).toContain('Nothing is planned, for it would not be the same on every Shelf: right: Nothing answers.')
    expect(refused.text).toContain('allow_partial: true')
    const planned = await open.call('shelf_add_entry', { ...add, allow_partial: true })
    expect(planned).toMatchObject({ plan: { instances: ['left'], warnings: [expect.stringContaining('right does not answer')] } })
    expect(codeOf(await open.call('shelf_add_entry', { ...add, confirm: tokenOf(planned) }))).toBe('denied')
    const done = await open.call('shelf_add_entry', { ...add, allow_partial: true, confirm: tokenOf(planned) })
    expect(done.text).toContain('right missed it.')
    open.right.failure = undefined
    expect(await open.call('undo_change', { change: groupOf(done) })).toMatchObject({
      plan: { warnings: ['The group has no change on right to take back: what is there stays.'] },
    })
    const findings = await findingsOf(open)
    expect(findings).toContain('Shelf right is not like left')
    expect(findings).toContain('entry lamp only on left')
    // Of one instance alone it would compare nothing.
    expect(findings).toMatch(/next: shelf_diff_instances$/m)
    expect(findings).toContain('A write is not on every Shelf')
    open.right.entries.set('lamp', 'on')
    expect(await findingsOf(open)).toContain('Nothing needs attention')
    open.right.entries.delete('lamp')
    expect(await findingsOf(open)).not.toContain('A write is not on every Shelf')
  })

  test('that came back before the confirmation is planned anew', async () => {
    const open = await openPair()
    open.right.failure = down
    const confirm = tokenOf(await open.call('shelf_add_entry', { ...add, allow_partial: true }))
    open.right.failure = undefined
    expect((await open.call('shelf_add_entry', { ...add, allow_partial: true, confirm })).kind).toBe('plan')
    expect([open.left.writes, open.right.writes]).toEqual([0, 0])
  })

  test.each(['before', 'after'] as const)('that fails on one %s it took effect there is on none afterwards', async (when) => {
    const open = await openPair({}, { lamp: 'off' })
    // What jams once does not jam the way back.
    open.right.jam = { error: new ToolError('upstream', 'It jams.', { hint: 'Oil it.' }), when, once: true }
    const confirm = tokenOf(await open.call('shelf_add_entry', add))
    const failed = await open.call('shelf_add_entry', { ...add, confirm })
    expect(failed.text).toBe(
      'upstream: right: It jams. It was taken back on left. Nothing is changed anywhere.\nOil it. Mend right, then plan again.',
    )
    expect([open.left.entries.get('lamp'), open.right.entries.get('lamp')]).toEqual(['off', 'off'])
    expect(await findingsOf(open)).toContain('Nothing needs attention')
    expect((await open.call('shelf_add_entry', { ...add, confirm })).text).toContain('nothing was done again')
    const [{ group = '' } = {}] = ((await open.call('list_changes')) as { output: { changes: { group?: string }[] } }).output.changes
    expect((await open.call('undo_change', { change: group })).text).toContain(`Every change of ${group} was taken back already.`)
    const verified = await open.call('verify_audit')
    expect(verified).toMatchObject({ kind: 'done', output: { whole: true, unfinished: [] } })
  })

  test('that takes down the instance it fails on is taken back there, too, once that answers again', async () => {
    const pauses: number[] = []
    const clock = {
      now: Date.now,
      sleep: (milliseconds: number) => {
        pauses.push(milliseconds)
        if (pauses.length === 4) open.right.failure = undefined
        return Promise.resolve()
      },
      after: () => () => undefined,
    }
    const open = await openPair({ clock, inlineBudgetMs: Infinity })
    open.right.jam = { error: down, when: 'after', once: true, leaves: down }
    const failed = await carriedOut(open, 'shelf_add_entry', add)
    expect(failed.text).toContain('right: Nothing answers. It was taken back on left. Nothing is changed anywhere.')
    expect(pauses).toEqual([200, 400, 800, 1_600])
    expect([open.left.entries.size, open.right.entries.size]).toEqual([0, 0])
    open.right.jam = { error: down, when: 'after', once: true, leaves: down }
    const unseen = await carriedOut(open, 'shelf_add_entry', add)
    expect(pauses.slice(4)).toEqual([200, 400, 800, 1_600, 2_000])
    expect(unseen.text).toContain('It could not be taken back everywhere, so the instances differ now: right: what came of it is not known')
    expect(unseen.text).toContain('Whether it took effect could not be seen.')
  })

  test('that cannot be taken back says where it is and stays a finding', async () => {
    const open = await openPair({ toolsOff: ['remove_entry'] })
    open.right.jam = { error: new ToolError('upstream', 'It jams.'), when: 'before' }
    const failed = await carriedOut(open, 'shelf_add_entry', add)
    expect(failed.text).toContain('It could not be taken back everywhere, so the instances differ now: left: its inverse is not to be had')
    expect(await findingsOf(open)).toContain('A write is not on every Shelf')
  })

  test('that failed on the first before the others were begun stays a finding, though this process lives on', async () => {
    const open = await openPair({ toolsOff: ['remove_entry'] })
    open.left.jam = { error: new ToolError('upstream', 'It jams.'), when: 'after' }
    expect((await carriedOut(open, 'shelf_add_entry', add)).text).toContain('the instances differ now')
    open.left.jam = undefined
    const findings = await findingsOf(open)
    expect(findings).toContain('A write is not on every Shelf')
    expect(findings).toContain('right missed')
  })

  test('that another machine began is believed to be under way for an hour', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const clock = { now: () => now, sleep: () => Promise.resolve(), after: () => () => undefined }
    const open = await openPair({ clock, inlineBudgetMs: Infinity })
    open.left.entries.set('lamp', 'on')
    const about = { id: 'one', group: 'one', principal: 'local:tester', service: 'shelf', tool: 'add_entry', summary: 'Put', targets: [] }
    const owner = { owner: 1, host: 'a container that was replaced', begun: '1' }
    const record = { ...about, ...owner, at: new Date(now).toISOString(), instances: { left: 'done', right: 'running' } }
    await open.catalogue.runtime.store.write('partial/one.json', JSON.stringify(record))
    expect(await findingsOf(open)).not.toContain('A write is not on every Shelf')
    now += 60 * 60_000 + 1
    expect(await findingsOf(open)).toContain('A write is not on every Shelf')
  })

  test('is done only where it is not so already, and nowhere where it is so everywhere', async () => {
    const open = await openPair()
    open.left.entries.set('lamp', 'on')
    expect(await carriedOut(open, 'shelf_set_entry', add)).toMatchObject({ kind: 'done' })
    expect([open.left.writes, open.right.writes]).toEqual([0, 1])
    const again = await open.call('shelf_set_entry', add)
    expect(again).toMatchObject({ kind: 'done', text: expect.stringMatching(/^NOTHING TO DO: lamp is on already/) })
    expect(await findingsOf(open)).toContain('Nothing needs attention')
  })

  test('is void once the state of any of them moved', async () => {
    const open = await openPair()
    const confirm = tokenOf(await open.call('shelf_add_entry', add))
    open.right.entries.set('lamp', 'dim')
    expect((await open.call('shelf_add_entry', { ...add, confirm })).kind).toBe('plan')
    expect(open.left.writes).toBe(0)
  })

  test('may name one of them, and then the plan warns', async () => {
    const open = await openPair()
    const planned = await open.call('shelf_add_entry', { ...add, instance: 'left' })
    expect(planned).toMatchObject({
      plan: { warnings: ["Only on left; right is left as it is. Leave out 'instance' to write to all."] },
    })
    expect(codeOf(await open.call('shelf_add_entry', { ...add, confirm: tokenOf(planned) }))).toBe('denied')
  })

  test('that is under way is told beside the difference it makes, which nobody is asked to even out', async () => {
    const open = await openPair()
    const confirm = tokenOf(await open.call('shelf_add_entry', add))
    let release = () => undefined as void
    open.right.door = new Promise((resolve) => (release = resolve))
    const running = open.call('shelf_add_entry', { ...add, confirm })
    await expect.poll(() => open.left.entries.has('lamp')).toBe(true)
    const meanwhile = await findingsOf(open)
    expect(meanwhile).toContain('a write is under way: Put on on lamp on left and right')
    expect(meanwhile).not.toContain('next:')
    release()
    expect((await running).kind).toBe('done')
    expect(await findingsOf(open)).not.toContain('under way')
  })

  test('that is refused alike everywhere for its input is refused of none of them by name', async () => {
    const open = await openPair({ tier: 'configure' })
    const error = (await open.call('shelf_get_entry', { name: 'nothing' })).text
    expect(error).toContain("There is no entry 'nothing'.")
    open.left.failure = new ToolError('not_found', "There is no room 'cellar'.")
    open.right.failure = new ToolError('not_found', "There is no room 'cellar'.")
    expect((await open.call('shelf_add_entry', add)).text).toBe("not_found: There is no room 'cellar'.")
    open.right.failure = new ToolError('not_found', "There is no room 'attic'.")
    expect((await open.call('shelf_add_entry', add)).text).toBe("not_found: left: There is no room 'cellar'.")
    open.left.failure = open.right.failure = new ToolError('unauthorized', 'The key does not fit.')
    expect((await open.call('shelf_add_entry', add)).text).toBe('unauthorized: left: The key does not fit.')
  })

  test('is taken back by its group without a word on its parts, which get one each alone', async () => {
    const open = await openPair()
    const group = groupOf(await carriedOut(open, 'shelf_add_entry', add))
    const listed = await open.call('list_changes')
    expect(listed.text).toContain(`yes, or all of ${group}`)
    expect(await open.call('undo_change', { change: group })).toMatchObject({
      plan: { summary: 'Take back 2 changes: Remove lamp', warnings: [] },
    })
    const [part] = (listed as { output: { changes: { id: string; instance: string }[] } }).output.changes
    expect(await open.call('undo_change', { change: part?.id })).toMatchObject({
      plan: { warnings: [`Only on right; undo_change ${group} takes it back everywhere.`] },
    })
    const whole = await open.call('get_change', { change: group })
    expect(whole.text).toContain(`'${group}' is a group of changes.`)
    expect(whole.text).toContain(part?.id ?? 'no id')
  })

  test('of a service that is not mirrored still has to name one, and takes no allow_partial', async () => {
    const open = await openShelves({ left: createShelf(), right: createShelf() })
    expect(codeOf(await open.call('shelf_add_entry', add))).toBe('invalid_input')
    expect((await open.call('shelf_add_entry', { ...add, instance: 'left', allow_partial: true })).text).toContain(
      "takes no 'allow_partial'",
    )
  })
})

describe('a read of mirrored instances', () => {
  test('compares what is to be alike, and names who did not answer', async () => {
    const open = await openPair({}, { lamp: 'on' })
    open.left.entries.set('door', 'shut')
    open.right.entries.set('lamp', 'off')
    expect(await open.call('shelf_diff_instances')).toMatchObject({
      output: {
        differences: [
          { kind: 'entry', name: 'door', values: { left: 'shut', right: null } },
          { kind: 'entry', name: 'lamp', values: { left: 'on', right: 'off' } },
        ],
        compared: ['left', 'right'],
      },
    })
    open.right.failure = down
    expect(await open.call('shelf_diff_instances')).toMatchObject({
      output: { differences: [], compared: ['left'], unanswered: [{ instance: 'right', error: 'unreachable: Nothing answers.' }] },
    })
  })
})
