import assert from 'node:assert/strict'
import { createApprovalRequests, readAudit, verifyAudit, type CallResult, type Clock } from '@rackwarden/core/runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openShelves, type OpenShelves } from '../open-shelves.ts'
import { quickOwner } from '../quick-owner.ts'
import { createShelf } from '../shelf.ts'

// One entry runs by the caller's token, the other waits for a person.
const entries = ['free', 'kept'] as const
const lifetimesMs = { free: 5 * 60_000, kept: 60 * 60_000 } as const
const principals = ['local:tester', 'token:phone'] as const
const values = ['on', 'off'] as const
const processes = 2

type Entry = (typeof entries)[number]

/** A token as the model knows it. */
interface Known {
  token: string
  entry: Entry
  value: string
  principal: string
  /** What stood there when the plan was made. */
  basis: string | undefined
  expires: number
  request: string | undefined
  decision: 'approved' | 'rejected' | undefined
  over: boolean
}

const which = fc.nat({ max: 1 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('plan' as const), at: which, entry: which, value: which, who: which }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('confirm' as const), at: which, token: fc.nat(), altered: fc.nat({ max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), token: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decide' as const), token: fc.nat(), approves: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), entry: which, value: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), at: which }) },
)

type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never

async function run(steps: readonly Step[]): Promise<void> {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve(), after: () => () => undefined }
  const shelf = createShelf()
  const options = { clock, inlineBudgetMs: Infinity, approval: { targets: { 'shelf/entry/kept': 'human' } } } as const
  const first = await openShelves({ main: shelf }, options)
  const { stateDirectory } = first
  const { owner, record } = quickOwner()
  await first.catalogue.runtime.store.write('owner.json', record)
  const opened = () => openShelves({ main: shelf }, { ...options, stateDirectory })
  const running: OpenShelves[] = []
  for (let index = 0; index < processes; index += 1) running.push(await opened())
  const desk = createApprovalRequests(first.catalogue.runtime, owner)
  const known: Known[] = []
  let written = 0

  const callOf = (at: number, { entry, value, principal, token }: Pick<Known, 'entry' | 'value' | 'principal'> & { token?: string }) =>
    running[at]!.call('shelf_add_entry', { name: entry, value, ...(token === undefined ? {} : { confirm: token }) }, { principal })
  const learn = (of: Pick<Known, 'entry' | 'value' | 'principal'>, result: CallResult) => {
    if (result.kind !== 'plan' && result.kind !== 'pending') throw new Error(`no plan: ${result.text}`)
    const token = result.plan?.confirm ?? ''
    const request = result.kind === 'pending' ? result.approval : undefined
    const before = known.find((candidate) => candidate.token === token)
    if (before !== undefined) before.request ??= request
    else
      known.push({
        ...of,
        token,
        request,
        basis: shelf.entries.get(of.entry),
        expires: now + lifetimesMs[of.entry],
        decision: undefined,
        over: false,
      })
  }
  const mayRun = ({ over, expires, basis, entry, decision }: Known) =>
    !over && now <= expires && shelf.entries.get(entry) === basis && (entry === 'free' || decision === 'approved')
  /** What a genuine call with a token comes to, beside whether it may write. */
  const settle = (held: Known, result: CallResult) => {
    if (result.kind === 'done' || result.kind === 'plan') held.over = true
    if (result.kind === 'plan' || result.kind === 'pending') learn(held, result)
    if (held.decision === 'rejected' && result.kind === 'error') held.over = true
  }

  for (const taken of steps) {
    const held = 'token' in taken && known.length > 0 ? known[taken.token % known.length] : undefined
    if (taken.do === 'plan') {
      const of = { entry: entries[taken.entry]!, value: values[taken.value]!, principal: principals[taken.who]! }
      const result = await callOf(taken.at, of)
      // What a person agreed to already is not put to them again.
      const agreed = known.find(({ token }) => result.kind === 'plan' && token === result.plan.confirm)?.decision === 'approved'
      assert.equal(result.kind, of.entry === 'free' || agreed ? 'plan' : 'pending')
      learn(of, result)
    } else if (taken.do === 'confirm' && held !== undefined) {
      const altered: Partial<Known>[] = [
        { principal: principals.find((principal) => principal !== held.principal)! },
        { value: `${held.value}!` },
        { entry: entries.find((entry) => entry !== held.entry)! },
      ]
      const change = altered[taken.altered]
      const expected = change === undefined && mayRun(held) ? 1 : 0
      const result = await callOf(taken.at, { ...held, ...change })
      assert.equal(shelf.writes - written, expected)
      if (change !== undefined) assert.equal(result.kind === 'error' && result.error.code, 'denied')
      else if (expected === 1) assert.deepEqual(result.kind === 'done' && result.output, { name: held.entry, value: held.value })
      written += expected
      if (change === undefined) settle(held, result)
    } else if (taken.do === 'race' && held !== undefined) {
      const expected = mayRun(held) ? 1 : 0
      const results = await Promise.all(running.map((_, at) => callOf(at, held)))
      assert.equal(shelf.writes - written, expected)
      written += expected
      for (const result of results) settle(held, result)
    } else if (taken.do === 'decide' && held?.request !== undefined) {
      const decision = taken.approves ? ('approved' as const) : ('rejected' as const)
      const isOpen = !held.over && held.decision === undefined && now < held.expires
      const decided = await desk.decide(held.request, { decision, by: 'cli:me', passphrase: '' }).catch(() => undefined)
      assert.equal(decided?.decision, isOpen ? decision : undefined)
      if (decided !== undefined) held.decision = decision
    } else if (taken.do === 'move') shelf.entries.set(entries[taken.entry]!, values[taken.value]!)
    else if (taken.do === 'wait') now += taken.minutes * 60_000
    // The old one is left as a crash leaves it: nothing is told, nothing is written.
    else if (taken.do === 'restart') running[taken.at] = await opened()
    assert.equal(shelf.writes, written)
  }

  for (const { catalogue } of [first, ...running]) await catalogue.runtime.audit.flush()
  assert.deepEqual((await verifyAudit(stateDirectory)).problems, [])
  const outcomes = await readAudit(stateDirectory, { kind: 'outcome', limit: 1_000 })
  assert.equal(outcomes.filter(({ result }) => result === 'done').length, written)
  expect(outcomes.every(({ input, approval }) => approval === ((input as { name: string }).name === 'kept' ? 'cli:me' : 'token'))).toBe(
    true,
  )
}

test('however plans, confirmations, decisions, changes, waits and restarts interleave, nothing is written without leave, or twice', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), run)
  await expect(fc.assert(property, { numRuns: 60 })).resolves.toBeUndefined()
}, 120_000)
