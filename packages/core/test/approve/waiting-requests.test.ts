import { createApprovalRequests, openOwner, readAudit, type CallResult } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { codeOf, openShelves, type OpenShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const human = { approval: { tiers: { configure: 'human' } } } as const
const most = 20

const entry = (index: number) => ({ name: `entry ${index}`, value: 'on' })

/** Asks for entries of their own, one after the other. */
async function ask({ call }: OpenShelves, count: number, first = 0): Promise<CallResult[]> {
  const results: CallResult[] = []
  for (let index = first; index < first + count; index += 1) results.push(await call('shelf_add_entry', entry(index)))
  return results
}

const kinds = (results: readonly CallResult[]) => results.map((result) => (result.kind === 'error' ? result.error.code : result.kind))

function confirmOf(result: CallResult | undefined): string {
  if (result?.kind !== 'pending') throw new Error(`expected a request, got ${result?.kind}`)
  return result.plan?.confirm ?? ''
}

describe('requests of one principal', () => {
  test('are so many at a time; beyond them a call is refused, says what to do, is told to nobody and audited', async () => {
    const told: string[] = []
    const open = await openShelves({ main: createShelf() }, { ...human, announce: ({ id }) => void told.push(id) })
    const [last] = (await ask(open, most + 1)).slice(-1)
    expect(last).toMatchObject({ kind: 'error', error: { code: 'rate_limited' } })
    expect(last?.text).toMatch(/^rate_limited: 20 requests of local:tester wait for a person already.*\n.*list_approvals/)
    expect(await open.catalogue.requests.pending()).toHaveLength(most)
    expect(await open.catalogue.runtime.store.list('plans')).toHaveLength(most)
    expect(told).toHaveLength(most)
    expect(new Set(told).size).toBe(most)
    await open.catalogue.runtime.audit.flush()
    const lines = await readAudit(open.stateDirectory)
    expect(lines.filter(({ result }) => result === 'requested')).toHaveLength(most)
    expect(lines.at(-1)).toMatchObject({ tool: 'shelf_add_entry', input: entry(most), result: 'error' })
    expect(lines.at(-1)?.error).toContain('rate_limited: 20 requests')
  })

  test('that come together are made as far as they may be', async () => {
    const open = await openShelves({ main: createShelf() }, human)
    const results = await Promise.all(Array.from({ length: most + 10 }, (_, index) => open.call('shelf_add_entry', entry(index))))
    expect(kinds(results).toSorted()).toEqual([...Array<string>(most).fill('pending'), ...Array<string>(10).fill('rate_limited')])
    expect(await open.catalogue.requests.pending()).toHaveLength(most)
  })

  test('are counted over all processes of the state directory, and are never more, whichever asks first', async () => {
    const first = await openShelves({ main: createShelf() }, human)
    const second = await openShelves({ main: createShelf() }, { ...human, stateDirectory: first.stateDirectory })
    await Promise.all([ask(first, most), ask(second, most, most)])
    const waiting = (await second.catalogue.requests.pending()).length
    expect(waiting).toBeLessThanOrEqual(most)
    expect(kinds(await ask(second, most - waiting + 1, 2 * most))).toEqual([
      ...Array<string>(most - waiting).fill('pending'),
      'rate_limited',
    ])
    expect(codeOf((await ask(first, 1, 4 * most))[0]!)).toBe('rate_limited')
  })

  test('stand in nobody else’s way, and make room once they were decided or are past', async () => {
    const time = { now: Date.UTC(2026, 10, 20) }
    const clock = { now: () => time.now, sleep: () => Promise.resolve(), after: () => () => undefined }
    const open = await openShelves({ main: createShelf() }, { ...human, clock })
    const results = await ask(open, most)
    expect((await open.call('shelf_add_entry', entry(most), { principal: 'token:phone' })).kind).toBe('pending')
    expect(kinds(await ask(open, 1, most))).toEqual(['rate_limited'])
    const { catalogue } = open
    const id = results[0]?.kind === 'pending' ? (results[0].approval ?? '') : ''
    await createApprovalRequests(catalogue.runtime, openOwner(catalogue.runtime)).withdraw(id, 'cli:me')
    expect(kinds(await ask(open, 2, most))).toEqual(['pending', 'rate_limited'])
    time.now += 60 * 60_000 + 1
    expect(kinds(await ask(open, 1, most + 1))).toEqual(['pending'])
  })

  test('keep what waits: where one more is refused, the tokens of the others are still good', async () => {
    const open = await openShelves({ main: createShelf() }, human)
    const results = await ask(open, most + 1)
    expect((await open.call('shelf_add_entry', { ...entry(0), confirm: confirmOf(results[0]) })).kind).toBe('pending')
  })
})

describe('the same plan', () => {
  test('is put to a person once, however often it is made while it waits, one after the other or together', async () => {
    const told: string[] = []
    const open = await openShelves({ main: createShelf() }, { ...human, announce: ({ id }) => void told.push(id) })
    const together = await Promise.all([0, 0, 0].map((index) => open.call('shelf_add_entry', entry(index))))
    const results = [...together, await open.call('shelf_add_entry', entry(0))]
    expect(new Set(results.map(confirmOf)).size).toBe(1)
    expect(told).toHaveLength(1)
    await open.catalogue.runtime.audit.flush()
    expect((await readAudit(open.stateDirectory)).map(({ result }) => result)).toEqual(['requested', 'pending', 'pending', 'pending'])
  })

  test('is another one for another principal, from another state, with another input, and after a no', async () => {
    const shelf = createShelf()
    const open = await openShelves({ main: shelf }, human)
    const [first] = await ask(open, 1)
    const other = await open.call('shelf_add_entry', entry(0), { principal: 'token:phone' })
    const another = await open.call('shelf_add_entry', { ...entry(0), value: 'off' })
    shelf.entries.set('entry 0', 'broken')
    const [moved] = await ask(open, 1)
    const { runtime } = open.catalogue
    if (moved?.kind === 'pending') await createApprovalRequests(runtime, openOwner(runtime)).withdraw(moved.approval ?? '', 'cli:me')
    const [again] = await ask(open, 1)
    expect(new Set([first, other, another, moved, again].map(confirmOf)).size).toBe(5)
  })
})
