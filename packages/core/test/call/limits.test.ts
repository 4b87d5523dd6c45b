import { readAudit } from '@rackwarden/core/runtime'
import { describe, expect, test, vi } from 'vitest'
import { codeOf, openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

function held() {
  let open = () => {}
  const door = new Promise<void>((resolve) => (open = resolve))
  return { door, open: () => open() }
}

describe('calls of one principal', () => {
  test('are refused past so many a minute, with the seconds to wait, and others are not', async () => {
    const { call } = await openShelves({ main: createShelf() }, { limits: { callsPerMinute: 3 } })
    for (let index = 0; index < 3; index += 1) expect((await call('shelf_list_entries')).kind).toBe('done')
    expect(await call('shelf_list_entries')).toMatchObject({
      kind: 'error',
      error: { code: 'rate_limited', message: 'local:tester made more than 3 calls in a minute.', retry_after_seconds: 20 },
      text: expect.stringMatching(/^rate_limited: .*\nNothing was done\. Try again in 20 s; /),
    })
    expect((await call('shelf_list_entries', {}, { principal: 'token:other' })).kind).toBe('done')
  })

  test('that are refused stand in the audit by their number, not by a line each', async () => {
    const { call, catalogue, stateDirectory } = await openShelves({ main: createShelf() }, { limits: { callsPerMinute: 1 } })
    const results = await Promise.all(Array.from({ length: 500 }, () => call('shelf_list_entries')))
    expect(results.filter(({ kind }) => kind === 'error')).toHaveLength(499)
    await catalogue.close(0)
    await catalogue.runtime.audit.flush()
    const lines = await readAudit(stateDirectory, { result: 'error' })
    expect(lines.length).toBeLessThan(10)
    expect(lines.reduce((sum, { times = 1 }) => sum + times, 0)).toBe(499)
    expect(lines[0]).toMatchObject({
      principal: 'local:tester',
      tool: 'shelf_list_entries',
      error: expect.stringMatching(/^rate_limited: /),
    })
  })
})

describe('calls of one instance', () => {
  test('wait for one another, and those past the line are refused and audited', async () => {
    const { door, open } = held()
    const shelf = createShelf()
    shelf.door = door
    const { call, catalogue, stateDirectory } = await openShelves({ main: shelf }, { limits: { callsAtOnce: 2, callsWaiting: 3 } })
    const calls = Array.from({ length: 10 }, () => call('shelf_check_slowly'))
    const [instance] = catalogue.mounts[0]!.instances
    await vi.waitFor(() => expect(instance?.admission).toMatchObject({ running: 2, waiting: 3, refused: 5 }))
    open()
    const results = await Promise.all(calls)
    expect(results.filter(({ kind }) => kind === 'done')).toHaveLength(5)
    const refused = results.filter((result) => result.kind === 'error')
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['rate_limited']))
    expect(instance?.admission).toMatchObject({ running: 0, waiting: 0 })
    await catalogue.runtime.audit.flush()
    expect(await readAudit(stateDirectory, { tool: 'shelf_check_slowly' })).toHaveLength(10)
  })

  test('of others go on while one hangs, and so does what looks at all of them', async () => {
    const { door, open } = held()
    const hung = createShelf()
    hung.door = door
    const { call } = await openShelves({ hung, well: createShelf() }, { limits: { callsAtOnce: 1, callsWaiting: 1 } })
    const waiting = call('shelf_check_slowly', { instance: 'hung' })
    expect((await call('shelf_check_slowly', { instance: 'well' })).kind).toBe('done')
    const health = await call('service_health')
    expect(health.text).toContain('hung | ok')
    open()
    await waiting
  })

  test('leave the line when they are cancelled', async () => {
    const { door, open } = held()
    const shelf = createShelf()
    shelf.door = door
    const { call, catalogue } = await openShelves({ main: shelf }, { limits: { callsAtOnce: 1 } })
    const first = call('shelf_check_slowly')
    const cancel = new AbortController()
    const second = call('shelf_check_slowly', {}, { signal: cancel.signal })
    const admission = catalogue.mounts[0]!.instances[0]!.admission!
    await vi.waitFor(() => expect(admission).toMatchObject({ running: 1, waiting: 1 }))
    cancel.abort()
    expect((await second).text).toMatch(/^denied: The call was cancelled\./)
    expect(admission).toMatchObject({ running: 1, waiting: 0 })
    open()
    expect((await first).kind).toBe('done')
  })

  test('a write goes through where one call is admitted at a time: planned, done, settled, looked after and taken back', async () => {
    const { call } = await openShelves(
      { main: createShelf(), other: createShelf() },
      { mirrored: true, limits: { callsAtOnce: 1, callsWaiting: 1 } },
    )
    const input = { name: 'a', value: 'b' }
    const confirm = tokenOf(await call('shelf_add_entry', input))
    const done = await call('shelf_add_entry', { ...input, confirm })
    expect(done).toMatchObject({ kind: 'done', change: expect.any(String) })
    const id = 'change' in done ? done.change : ''
    const back = tokenOf(await call('undo_change', { change: id }))
    expect((await call('undo_change', { change: id, confirm: back })).kind).toBe('done')
  })

  test('a write that was begun is not turned away by those that wait', async () => {
    const { door, open } = held()
    const shelf = createShelf()
    const { call, catalogue } = await openShelves({ main: shelf }, { limits: { callsAtOnce: 1, callsWaiting: 1 } })
    const confirm = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = 3
    shelf.door = door
    const admission = catalogue.mounts[0]!.instances[0]!.admission!
    const restarting = call('shelf_restart_bell', { confirm })
    await vi.waitFor(() => expect(shelf.rings).toBe(1))
    // While it settles there is room for others; what it has yet to read goes before what waits.
    const slow = call('shelf_check_slowly')
    const behind = call('shelf_list_entries')
    await vi.waitFor(() => expect(admission.waiting).toBeGreaterThan(0))
    open()
    expect((await restarting).kind).toBe('done')
    expect((await Promise.all([slow, behind])).map(({ kind }) => kind)).toEqual(['done', 'done'])
  })
})
