import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { codeOf, openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

function held() {
  let open = () => {}
  const door = new Promise<void>((resolve) => (open = resolve))
  return { door, open: () => open() }
}

const idOf = (text: string) => /operation (\S+)\./.exec(text)?.[1] ?? ''

test('a call that outlives its budget goes on as an operation that any process can ask about', async () => {
  const { door, open } = held()
  const shelf = createShelf()
  shelf.door = door
  const first = await openShelves({ main: shelf }, { inlineBudgetMs: 20 })
  const second = await openShelves({ main: shelf }, { stateDirectory: first.stateDirectory })
  const running = await first.call('shelf_check_slowly')
  expect(running.kind).toBe('running')
  const id = idOf(running.text)
  await vi.waitFor(async () =>
    expect((await second.call('get_operation', { id })).text).toMatch(/status: running[^]*progress: at the door/),
  )
  open()
  await vi.waitFor(async () => expect((await second.call('get_operation', { id })).text).toMatch(/status: finished[^]*waited: true/), {
    timeout: 5_000,
  })
})

test('an operation is cancelled from another process, with a plan like any write', async () => {
  const shelf = createShelf()
  shelf.door = held().door
  const first = await openShelves({ main: shelf }, { inlineBudgetMs: 20 })
  const second = await openShelves({ main: shelf }, { stateDirectory: first.stateDirectory })
  const id = idOf((await first.call('shelf_check_slowly')).text)
  const confirm = await vi.waitFor(async () => tokenOf(await second.call('cancel_operation', { id })))
  expect(await second.call('cancel_operation', { id, confirm })).toMatchObject({ kind: 'done', output: { id, status: 'cancelled' } })
})

test('an operation belongs to its principal; the owner at a shell sees all', async () => {
  const { door, open } = held()
  const shelf = createShelf()
  shelf.door = door
  const { call } = await openShelves({ main: shelf }, { inlineBudgetMs: 20 })
  const id = idOf((await call('shelf_check_slowly', {}, { principal: 'token:one' })).text)
  await vi.waitFor(async () => expect((await call('get_operation', { id }, { principal: 'local:owner' })).kind).toBe('done'))
  expect(codeOf(await call('get_operation', { id }, { principal: 'token:two' }))).toBe('not_found')
  expect(codeOf(await call('get_operation', { id: '../../x' }, { principal: 'token:two' }))).toBe('not_found')
  open()
})

test('cancelling the request aborts work that is not yet detached, and the outcome of a write is recorded', async () => {
  const shelf = createShelf()
  const { call } = await openShelves({ main: shelf })
  const progress = vi.fn<() => void>()
  shelf.door = held().door
  const read = new AbortController()
  const reading = call('shelf_check_slowly', {}, { signal: read.signal, progress })
  await vi.waitFor(() => expect(progress).toHaveBeenCalledWith({ message: 'at the door', done: 1, total: 2 }))
  read.abort()
  expect((await reading).text).toMatch(/^denied: The call was cancelled\./)
})

test('closing waits for what is under way, then aborts it', async () => {
  const shelf = createShelf()
  shelf.door = held().door
  const { call, catalogue } = await openShelves({ main: shelf })
  const reading = call('shelf_check_slowly')
  await new Promise((resolve) => setTimeout(resolve, 10))
  await catalogue.close(20)
  expect((await reading).text).toMatch(/^denied: The server was shut down before the call ended\./)
})

test('a record that a crash or a hand damaged is no operation, and a long name is none either', async () => {
  const { call, stateDirectory, log } = await openShelves({ main: createShelf() })
  const id = '20260101T000000-abcdef'
  await mkdir(join(stateDirectory, 'operations'), { recursive: true })
  for (const text of ['', '{"id":', 'null', '[]', '{"seen_at":5}']) {
    await writeFile(join(stateDirectory, 'operations', `${id}.json`), text)
    expect(codeOf(await call('get_operation', { id }))).toBe('not_found')
  }
  expect(codeOf(await call('get_operation', { id: 'x'.repeat(100_000) }))).toBe('not_found')
  expect(log).toEqual([])
})

test('what runs in another container is not lost because its process is none of this one', async () => {
  const { call, stateDirectory } = await openShelves({ main: createShelf() })
  const id = '20260101T000000-abcdef'
  const at = new Date().toISOString()
  const operation = { id, status: 'running', principal: 'local:tester', tool: 'x', started_at: at, seen_at: at, owner: 4_194_303 }
  await mkdir(join(stateDirectory, 'operations'), { recursive: true })
  const look = async (host: string) => {
    await writeFile(join(stateDirectory, 'operations', `${id}.json`), JSON.stringify({ ...operation, host }))
    return (await call('get_operation', { id })).text
  }
  expect(await look('elsewhere')).toContain('status: running')
  expect(await look(hostname())).toContain('status: lost')
})

test('a call whose operation cannot be kept is waited for', async () => {
  const { door, open } = held()
  const shelf = createShelf()
  shelf.door = door
  const { call, stateDirectory, log } = await openShelves({ main: shelf }, { inlineBudgetMs: 20 })
  await writeFile(join(stateDirectory, 'operations'), 'in the way')
  const waiting = call('shelf_check_slowly')
  await vi.waitFor(() => expect(log.join()).toContain('cannot be kept as an operation'))
  open()
  expect(await waiting).toMatchObject({ kind: 'done', output: { waited: true } })
})

test('operations of long ago are taken away', async () => {
  const { door, open } = held()
  const shelf = createShelf()
  shelf.door = door
  const { call, stateDirectory } = await openShelves({ main: shelf }, { inlineBudgetMs: 20 })
  await mkdir(join(stateDirectory, 'operations'), { recursive: true })
  for (const name of ['20200101T000000-abcdef.json', '20200101T000000-abcdef.cancel'])
    await writeFile(join(stateDirectory, 'operations', name), '{}')
  const id = idOf((await call('shelf_check_slowly')).text)
  await vi.waitFor(async () => expect(await readdir(join(stateDirectory, 'operations'))).toEqual([`${id}.json`]))
  open()
})
