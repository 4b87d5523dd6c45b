import { ToolError } from '@rackwarden/core'
import { expect, test, vi } from 'vitest'
import { mergeAnswers } from '../../src/call/fan-out.ts'
import { codeOf, openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const two = () => ({ north: createShelf({ a: '1', b: '2' }), south: createShelf({ c: '3' }) })

test('reads fan out and every row says where it comes from', async () => {
  const { call } = await openShelves(two())
  const result = await call('shelf_list_entries')
  expect(result.text).toMatchInlineSnapshot(`
    "instance | name | value
    north | a | 1
    north | b | 2
    south | c | 3"
  `)
})

test('a page over several instances goes on where each of them stopped', async () => {
  const { call } = await openShelves(two())
  const first = await call('shelf_list_entries', { limit: 1 })
  const output = (result: typeof first) =>
    result.kind === 'done' ? (result.output as { entries: { name: string }[]; next_cursor?: string }) : { entries: [] }
  expect(output(first).entries.map(({ name }) => name)).toEqual(['a', 'c'])
  const second = await call('shelf_list_entries', { limit: 1, cursor: (output(first) as { next_cursor?: string }).next_cursor })
  expect(output(second).entries.map(({ name }) => name)).toEqual(['b'])
  const forged = ['null', '{"north":5}', '{"north":{"a":1}}'].map((text) => Buffer.from(text).toString('base64url'))
  for (const cursor of ['nonsense', ...forged]) expect(codeOf(await call('shelf_list_entries', { cursor }))).toBe('invalid_input')
})

test('one thing is found wherever it is, and a dead instance is named beside what the others answer', async () => {
  const shelves = two()
  const { call } = await openShelves(shelves)
  expect((await call('shelf_get_entry', { name: 'c' })).text).toMatch(/instance \| name \| value\nsouth \| c \| 3/)
  expect(codeOf(await call('shelf_get_entry', { name: 'z' }))).toBe('not_found')
  shelves.north.failure = new ToolError('unreachable', 'gone')
  const partial = await call('shelf_list_entries')
  expect(partial).toMatchObject({ kind: 'done', output: { unanswered: [{ instance: 'north', error: 'unreachable: gone' }] } })
})

test('a write names its instance, and its token is good for that one only', async () => {
  const shelves = two()
  const { call, catalogue } = await openShelves(shelves)
  expect((await call('shelf_add_entry', { name: 'x', value: '1' })).text).toBe(
    "invalid_input: There are several instances of Shelf; say which with 'instance'.\nThe instances are: north, south.",
  )
  expect((await call('shelf_add_entry', { name: 'x', value: '1', instance: 'sout' })).text).toContain("Did you mean 'south'?")
  const confirm = tokenOf(await call('shelf_add_entry', { name: 'x', value: '1', instance: 'south' }))
  expect(codeOf(await call('shelf_add_entry', { name: 'x', value: '1', instance: 'north', confirm }))).toBe('denied')
  expect((await call('shelf_add_entry', { name: 'x', value: '1', instance: 'south', confirm })).kind).toBe('done')
  expect([shelves.north.entries.has('x'), shelves.south.entries.has('x')]).toEqual([false, true])
  const listed = catalogue.list({ caller: { principal: 'local:tester', tier: 'configure' } }).find(({ name }) => name === 'shelf_add_entry')
  expect(listed?.inputSchema).toMatchObject({
    properties: { instance: { enum: ['north', 'south'] } },
    required: ['name', 'value', 'instance'],
  })
})

test('service_health names the dead with the reason, and they are well again without a restart', async () => {
  const shelves = two()
  const { call } = await openShelves(shelves)
  shelves.south.failure = new ToolError('unreachable', 'Nothing listens there.', { hint: 'Start it.' })
  const rows = async () => {
    const result = await call('service_health')
    return result.kind === 'done'
      ? (result.output as { status: string; services: { instance: string; status: string; evidence: string }[] })
      : undefined
  }
  expect(await rows()).toMatchObject({
    status: 'down',
    services: [
      { instance: 'south', status: 'down', evidence: 'unreachable: Nothing listens there.' },
      { instance: 'north', status: 'ok' },
    ],
  })
  shelves.south.failure = undefined
  expect(await rows()).toMatchObject({ status: 'ok' })
})

test('needs_attention ranks what is wrong, a dead instance first, each with the call to make next', async () => {
  const shelves = { north: createShelf({ lamp: 'broken' }), south: createShelf() }
  const { call } = await openShelves(shelves)
  shelves.south.failure = new ToolError('timeout', 'no answer')
  const result = await call('needs_attention')
  expect(result.text.split('\n').slice(1, -1).join('\n')).toMatchInlineSnapshot(`
    "1. critical: Shelf does not answer [shelf@south]
       timeout: no answer
    2. warning: lamp is broken [shelf@north/entry/lamp]
       its value says so
       next: shelf_get_entry name=lamp instance=north"
  `)
})

test('needs_attention tells one that answers and refuses from one that does not answer', async () => {
  const shelves = two()
  const { call } = await openShelves(shelves)
  shelves.south.failure = new ToolError('unauthorized', 'It refuses the key.')
  expect((await call('needs_attention')).text).toContain('Shelf cannot be asked [shelf@south]')
  shelves.south.failure = new ToolError('unreachable', 'Nothing listens there.')
  expect((await call('needs_attention')).text).toContain('Shelf does not answer [shelf@south]')
})

test('find_asset joins what shares a name or an address', async () => {
  const { call } = await openShelves({
    north: createShelf({ web: '10.0.0.7' }),
    south: createShelf({ proxy: '10.0.0.7', other: '10.0.0.8' }),
  })
  const result = await call('find_asset', { query: 'WEB' })
  expect(result.kind === 'done' && (result.output as { assets: { name: string }[] }).assets.map(({ name }) => name)).toEqual([
    'web',
    'proxy',
  ])
})

test('a tool that is switched off is neither listed nor callable', async () => {
  const { call } = await openShelves(two(), { toolsOff: ['get_entry'] })
  expect(codeOf(await call('shelf_get_entry', { name: 'a' }))).toBe('not_found')
})

test('hosts that use one network with differing MTUs are a finding no single one of them could make', async () => {
  const { call } = await openShelves({ north: createShelf({ 'mtu nas-1': '1500' }), south: createShelf({ 'mtu nas-2': '9000' }) })
  expect((await call('needs_attention')).text).toMatch(
    /warning: Hosts on 10\.0\.0\.0\/24 use differing MTUs \[rackwarden\/network\/10\.0\.0\.0\/24\]\n {3}mtu nas-1 1500, mtu nas-2 9000/,
  )
  const { call: alone } = await openShelves({ north: createShelf({ 'mtu nas-1': '1500', 'mtu nas-2': '9000' }) })
  expect((await alone('needs_attention')).text).toMatch(/Nothing needs attention/)
})

test('rows that do not fit are where the next page begins', async () => {
  const entries = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`entry-${index}`, 'a value of several words that costs tokens']),
  )
  const { call } = await openShelves({ main: createShelf(entries) })
  const seen: string[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 20; pages += 1) {
    const { text } = await call('shelf_list_entries', { limit: 300, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...(text.match(/^entry-\d+/gm) ?? []))
    cursor = /^next_cursor: (\d+)$/m.exec(text)?.[1]
    if (cursor === undefined) break
  }
  expect(seen).toEqual(Object.keys(entries))
})

test('what several instances say beside their rows is kept, once where it is the same', () => {
  const answer = (instance: string, total: number) => ({ instance, output: { rows: [{ name: 'a' }], step: 60, total } })
  expect(mergeAnswers([answer('north', 1), answer('south', 2)])).toEqual({
    rows: [
      { instance: 'north', name: 'a' },
      { instance: 'south', name: 'a' },
    ],
    step: 60,
    total: { north: 1, south: 2 },
  })
})

test('a client that failed one call is closed only when those still at work with it are done', async () => {
  const events: string[] = []
  let open = () => {}
  let arrive = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const shelf = Object.assign(createShelf(), { close: () => void events.push('closed') })
  Object.defineProperty(shelf, 'door', {
    get: () => {
      arrive()
      return opened.then(() => void events.push('written'))
    },
  })
  const { call } = await openShelves({ main: shelf })
  const confirm = tokenOf(await call('shelf_add_entry', { name: 'lamp', value: 'on' }))
  const writing = call('shelf_add_entry', { name: 'lamp', value: 'on', confirm })
  await arrived
  shelf.failure = new ToolError('unreachable', 'gone')
  expect(codeOf(await call('shelf_list_entries'))).toBe('unreachable')
  shelf.failure = undefined
  open()
  expect((await writing).kind).toBe('done')
  await vi.waitFor(() => expect(events).toEqual(['written', 'closed']))
})

test('a client that ended by itself is replaced before the next call, which does not fail for it', async () => {
  const closed: string[] = []
  let lost = false
  const close = () => {
    lost = false
    closed.push('closed')
  }
  const { call } = await openShelves({ main: Object.assign(createShelf({ lamp: 'on' }), { isLost: () => lost, close }) })
  expect((await call('shelf_list_entries')).kind).toBe('done')
  expect(closed).toEqual([])
  lost = true
  expect((await call('shelf_list_entries')).kind).toBe('done')
  expect(closed).toEqual(['closed'])
})
