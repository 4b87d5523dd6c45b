import type { CallResult } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { openShelves, tokenOf, type OpenShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

interface Output {
  calls: { tool: string; result: string; what: string; principal: string; cursor: string }[]
  events: { event: string; what: string; by: string; undo?: string; id?: string; count?: number }[]
  next_cursor?: string
}

function outputOf(result: CallResult): Output {
  if (result.kind !== 'done') throw new Error(`expected an answer, got ${result.kind}: ${result.text}`)
  return result.output as Output
}

async function carriedOut({ call }: OpenShelves, name: string, input: Record<string, unknown>): Promise<string> {
  const done = await call(name, { ...input, confirm: tokenOf(await call(name, input)) })
  if (done.kind !== 'done' || done.change === undefined) throw new Error(`no change: ${done.text}`)
  return done.change
}

describe('query_audit', () => {
  test('tells every call once, the newest first, refusals too, and is itself told of next time', async () => {
    const open = await openShelves({ main: createShelf({ lamp: 'off' }) })
    await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    await open.call('shelf_get_entry', { name: 'nothing' })
    await open.call('shelf_add_entry', { name: 'lamp', value: 'off' }, { tier: 'observe' })
    await open.call('no_such_tool')
    const { calls } = outputOf(await open.call('query_audit'))
    expect(calls.map(({ tool, result }) => [tool, result])).toEqual([
      ['no_such_tool', 'error'],
      ['shelf_add_entry', 'error'],
      ['shelf_get_entry', 'error'],
      ['shelf_add_entry', 'done'],
      ['shelf_add_entry', 'plan'],
    ])
    expect(outputOf(await open.call('query_audit', { limit: 1 })).calls).toMatchObject([{ tool: 'query_audit', result: 'done' }])
    expect(outputOf(await open.call('query_audit', { result: 'error', text: 'tier' })).calls).toMatchObject([{ tool: 'shelf_add_entry' }])
    expect(outputOf(await open.call('query_audit', { target: 'entry/lamp', since: '1h' })).calls.length).toBeGreaterThan(0)
    expect(outputOf(await open.call('query_audit', { until: '1h' })).calls).toEqual([])
  })

  test('finds a tool by the name of its service alone, too', async () => {
    const open = await openShelves({ main: createShelf() })
    await open.call('shelf_list_entries')
    for (const tool of ['list_entries', 'shelf_list_entries'])
      expect(outputOf(await open.call('query_audit', { tool })).calls).toMatchObject([{ tool: 'shelf_list_entries' }])
  })

  test('every refusal on the way of a call is there', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const open = await openShelves({ main: shelf }, { protect: ['shelf/entry/safe'], approval: { tools: { shelf_remove_entry: 'human' } } })
    const bell = await carriedOut(open, 'shelf_restart_bell', {})
    const lamp = { name: 'lamp', value: 'on' }
    const confirm = tokenOf(await open.call('shelf_add_entry', lamp))
    const deep = JSON.parse(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`) as Record<string, unknown>
    const refused: Parameters<OpenShelves['call']>[] = [
      ['no_such_tool'],
      ['shelf_get_entry', { nmae: 'lamp' }],
      ['shelf_get_entry', deep],
      ['shelf_add_entry', lamp, { tier: 'observe' }],
      ['shelf_add_entry', { ...lamp, confirm: 'AAAAAAAAAAAAAAAA' }],
      ['shelf_add_entry', { ...lamp, value: 'other', confirm }],
      ['shelf_add_entry', { ...lamp, confirm }, { principal: 'token:other' }],
      ['shelf_add_entry', { name: 'safe', value: 'open' }],
      ['undo_change', { change: bell }],
      ['undo_change', { change: 'nonsense' }],
      ['shelf_list_entries', {}, { services: ['docker'] }],
    ]
    for (const [name, input, options] of refused) {
      expect(await open.call(name, input, options)).toMatchObject({ kind: 'error' })
      const { calls } = outputOf(await open.call('query_audit', { limit: 1 }))
      expect(calls).toMatchObject([{ tool: name, result: 'error' }])
    }
    await open.call('shelf_remove_entry', { name: 'lamp' })
    expect(outputOf(await open.call('query_audit', { limit: 1 })).calls).toMatchObject([
      { tool: 'shelf_remove_entry', result: 'requested' },
    ])
    expect(shelf.entries.get('lamp')).toBe('off')
  })

  test('goes on behind the last row that was told, where there was no room for all', async () => {
    const open = await openShelves({ main: createShelf() })
    const names = Array.from({ length: 120 }, (_, index) => `entry-${String(index).padStart(3, '0')} ${'long '.repeat(20)}`)
    for (const name of names) await open.call('shelf_get_entry', { name })
    const told: string[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < 60; pages += 1) {
      const page = await open.call('query_audit', { tool: 'shelf_get_entry', limit: 500, ...(cursor === undefined ? {} : { cursor }) })
      told.push(...(page.text.match(/entry-\d{3}/g) ?? []))
      cursor = /^next_cursor: (\S+)$/m.exec(page.text)?.[1]
      if (cursor === undefined) break
    }
    expect(new Set(told).size).toBe(120)
  })

  test('shows a caller limited to services only theirs', async () => {
    const open = await openShelves({ main: createShelf() })
    await open.call('shelf_list_entries')
    await open.call('service_health')
    expect(outputOf(await open.call('query_audit', {}, { services: ['docker'] })).calls).toEqual([])
    expect(outputOf(await open.call('query_audit', {}, { services: ['shelf'] })).calls).toMatchObject([{ tool: 'shelf_list_entries' }])
  })
})

describe('verify_audit', () => {
  test('says that the audit is whole, gives the heads to keep, and compares those that were kept', async () => {
    const open = await openShelves({ main: createShelf() })
    await open.call('shelf_list_entries')
    const first = await open.call('verify_audit')
    expect(first).toMatchObject({ output: { whole: true, lines: 2, files: 1, unfinished: [], problems: [] } })
    const { heads } = (first as { output: { heads: { name: string; bytes: number; head: string }[] } }).output
    expect(heads).toHaveLength(1)
    expect(await open.call('verify_audit', { heads })).toMatchObject({ output: { whole: true } })
    const other = heads.map((head) => ({ ...head, head: 'f'.repeat(64) }))
    expect(await open.call('verify_audit', { heads: other })).toMatchObject({
      output: { whole: false, problems: [expect.stringContaining('is not what the anchor saw')] },
    })
  })

  test('names writes that never ended, to those who may see their service', async () => {
    const open = await openShelves({ main: createShelf() })
    const line = { principal: 'local:me', tool: 'shelf_ring', service: 'shelf', instances: ['main'], access: 'operate', input: {} }
    await open.catalogue.runtime.audit.commit({ ...line, call: 'cut off', kind: 'intent', targets: ['shelf/bell/main'] })
    expect(await open.call('verify_audit')).toMatchObject({
      output: { unfinished: [{ tool: 'shelf_ring', targets: ['shelf/bell/main'] }] },
    })
    expect(await open.call('verify_audit', {}, { services: ['docker'] })).toMatchObject({ output: { unfinished: [] } })
  })
})

describe('what_changed', () => {
  test('tells changes with their way back, what was refused or failed, and what waits for a person, as one story', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const open = await openShelves({ main: shelf }, { approval: { tools: { shelf_remove_entry: 'human' } } })
    const change = await carriedOut(open, 'shelf_add_entry', { name: 'lamp', value: 'on' })
    const undoing = await carriedOut(open, 'undo_change', { change })
    for (let times = 0; times < 3; times += 1) await open.call('shelf_add_entry', { name: 'lamp', value: 'x' }, { tier: 'observe' })
    await open.call('shelf_remove_entry', { name: 'lamp' })
    const confirm = tokenOf(await open.call('shelf_add_entry', { name: 'door', value: 'open' }))
    shelf.failure = new Error('burnt down')
    await open.call('shelf_add_entry', { name: 'door', value: 'open', confirm })
    shelf.failure = undefined
    const { events } = outputOf(await open.call('what_changed'))
    expect(new Set(events.map(({ event, count, undo, id }) => [event, count, undo, id].join(' ')))).toEqual(
      new Set([`changed  undone by ${undoing} ${change}`, `undid  yes ${undoing}`, 'refused 3  ', 'approval requested   ', 'refused   ']),
    )
    expect(events).toHaveLength(5)
    expect(outputOf(await open.call('what_changed', { since: '2020-01-01', limit: 2 }))).toMatchObject({
      events: [{}, {}],
      next_cursor: expect.stringMatching(/^\d+\.2$/),
    })
    expect(outputOf(await open.call('what_changed', {}, { services: ['docker'] })).events).toEqual([])
  })

  test('does not tell of calls that were only written wrong', async () => {
    const open = await openShelves({ main: createShelf() })
    await open.call('shelf_add_entry', { nmae: 'lamp' })
    expect((await open.call('what_changed')).text).toBe('Nothing changed.')
  })

  test('goes on behind the last row that was told, where there was no room for all', async () => {
    const open = await openShelves({ main: createShelf() })
    const value = 'long '.repeat(50)
    for (let index = 10; index < 50; index += 1) await carriedOut(open, 'shelf_add_entry', { name: `entry-${index}`, value })
    const told: string[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < 20; pages += 1) {
      const { text } = await open.call('what_changed', cursor === undefined ? {} : { cursor })
      told.push(...(text.match(/entry-\d\d/g) ?? []))
      cursor = /^next_cursor: (\S+)$/m.exec(text)?.[1]
      if (cursor === undefined) break
      expect(cursor).toMatch(/^\d+\.\d+$/)
    }
    expect(new Set(told).size).toBe(40)
    expect(told).toHaveLength(40)
  })

  test('pages of one story tell each event once, though more happens meanwhile', async () => {
    const open = await openShelves({ main: createShelf() })
    const made = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) made.push(await carriedOut(open, 'shelf_add_entry', { name, value: 'x' }))
    const first = outputOf(await open.call('what_changed', { limit: 2 }))
    await carriedOut(open, 'shelf_add_entry', { name: 'f', value: 'x' })
    const second = outputOf(await open.call('what_changed', { limit: 3, cursor: first.next_cursor }))
    expect(new Set([...first.events, ...second.events].map(({ id }) => id))).toEqual(new Set(made))
    expect(first.events.length + second.events.length).toBe(5)
    expect(second.next_cursor).toBeUndefined()
  })
})
