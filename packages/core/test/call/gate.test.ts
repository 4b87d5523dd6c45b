import { ToolError } from '@rackwarden/core'
import { readAudit, verifyAudit } from '@rackwarden/core/runtime'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const input = { name: 'lamp', value: 'on' }

describe('the gate', () => {
  test('a write without a token changes nothing and says how to go on', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const { call } = await openShelves({ main: shelf })
    const result = await call('shelf_add_entry', input)
    expect(result.kind).toBe('plan')
    expect(result.text.replaceAll(/[A-Z2-7]{16}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')).toMatchInlineSnapshot(`
      "PLAN, nothing has happened yet: Put on on lamp
      targets: shelf/entry/lamp
      changes:
        lamp: off → on
      To run exactly this, show it to the person, then call shelf_add_entry again with the same input and confirm: … (once, until …)."
    `)
    expect(shelf.entries.get('lamp')).toBe('off')
    expect(shelf.writes).toBe(0)
  })

  test('with its token exactly the plan runs, once, and a replay tells what came of it', async () => {
    const shelf = createShelf()
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    const done = await call('shelf_add_entry', { ...input, confirm: confirm.toLowerCase() })
    expect(done).toMatchObject({ kind: 'done', output: input })
    const again = await call('shelf_add_entry', { ...input, confirm })
    expect(again).toMatchObject({ kind: 'done', already: true, output: input })
    expect(again.text).toMatch(/^Already carried out at /)
    expect(shelf.writes).toBe(1)
  })

  test('other input, another tool, another principal, an unknown or malformed token are refused', async () => {
    const shelf = createShelf()
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    expect(codeOf(await call('shelf_add_entry', { ...input, value: 'off', confirm }))).toBe('denied')
    expect(codeOf(await call('shelf_remove_entry', { name: 'lamp', confirm }))).toBe('denied')
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm }, { principal: 'token:other' }))).toBe('denied')
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm: 'A'.repeat(16) }))).toBe('denied')
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm: '../../tokens' }))).toBe('denied')
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm: true }))).toBe('invalid_input')
    expect(shelf.writes).toBe(0)
    expect((await call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
  })

  test.each([
    ['of another principal', (confirm: string) => confirm, { principal: 'token:other' }],
    ['cut short', (confirm: string) => confirm.slice(0, -1), {}],
    ['too long', (confirm: string) => `${confirm}A`, {}],
    ['with one letter changed', (confirm: string) => `${confirm.startsWith('A') ? 'B' : 'A'}${confirm.slice(1)}`, {}],
    ['of nothing', () => '', {}],
  ])('a token %s is refused and audited, and the one it was made of stays good', async (_, forge, caller) => {
    const shelf = createShelf()
    const { call, catalogue, stateDirectory } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm: forge(confirm) }, caller))).toMatch(/^(?:denied|invalid_input)$/)
    expect(shelf.writes).toBe(0)
    await catalogue.runtime.audit.flush()
    expect((await readAudit(stateDirectory)).at(-1)).toMatchObject({ kind: 'read', tool: 'shelf_add_entry', result: 'error' })
    expect((await call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
  })

  test('every line about a call says which address it came from, and that is no part of what a token is bound to', async () => {
    const { call, catalogue, stateDirectory } = await openShelves({ main: createShelf() })
    const confirm = tokenOf(await call('shelf_add_entry', input, { from: '10.0.0.7' }))
    expect((await call('shelf_add_entry', { ...input, confirm }, { from: '10.0.0.8' })).kind).toBe('done')
    await catalogue.runtime.audit.flush()
    const lines = (await readAudit(stateDirectory)).map(({ kind, from }) => [kind, from])
    expect(lines).toEqual([
      ['read', '10.0.0.7'],
      ['intent', '10.0.0.8'],
      ['outcome', '10.0.0.8'],
    ])
  })

  test('a plan whose state moved is void, and the answer is the plan as it is now', async () => {
    const shelf = createShelf({ lamp: 'off' })
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    shelf.entries.set('lamp', 'dim')
    const moved = await call('shelf_add_entry', { ...input, confirm })
    expect(moved.kind === 'plan' && moved.plan.diff).toEqual(['lamp: dim → on'])
    shelf.entries.set('lamp', 'off')
    expect(codeOf(await call('shelf_add_entry', { ...input, confirm }))).toBe('conflict')
    expect(shelf.writes).toBe(0)
    expect((await call('shelf_add_entry', { ...input, confirm: tokenOf(await call('shelf_add_entry', input)) })).kind).toBe('done')
  })

  test('a plan expires after five minutes', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const shelf = createShelf()
    const { call } = await openShelves(
      { main: shelf },
      { clock: { now: () => now, sleep: () => Promise.resolve(), after: () => () => undefined }, inlineBudgetMs: Infinity },
    )
    const confirm = tokenOf(await call('shelf_add_entry', input))
    now += 5 * 60_000 + 1
    const result = await call('shelf_add_entry', { ...input, confirm })
    expect(result.text).toBe('denied: The plan has expired.\nCall again without confirm for a plan of what you want now.')
    expect(shelf.writes).toBe(0)
  })

  test('of many racing with one token exactly one runs', async () => {
    const shelf = createShelf()
    const first = await openShelves({ main: shelf })
    const second = await openShelves({ main: shelf }, { stateDirectory: first.stateDirectory })
    const confirm = tokenOf(await first.call('shelf_add_entry', input))
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? first : second).call('shelf_add_entry', { ...input, confirm })),
    )
    expect(results.filter((result) => result.kind === 'done' && result.already === undefined)).toHaveLength(1)
    expect(results.every((result) => result.kind === 'done' || codeOf(result) === 'conflict')).toBe(true)
    expect(shelf.writes).toBe(1)
  })

  test('whatever is sent in whatever order, only a fresh token with its own input ever writes, and the chain holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ step: fc.constant('plan' as const), name: fc.constantFrom('a', 'b'), value: fc.constantFrom('1', '2') }),
            fc.record({
              step: fc.constant('confirm' as const),
              token: fc.nat(5),
              name: fc.constantFrom('a', 'b'),
              value: fc.constantFrom('1', '2'),
              principal: fc.constantFrom('local:tester', 'token:other'),
            }),
            fc.record({ step: fc.constant('outside' as const), name: fc.constantFrom('a', 'b'), value: fc.constantFrom('1', '2') }),
          ),
          { maxLength: 14 },
        ),
        async (steps) => {
          const shelf = createShelf()
          const { call, stateDirectory, catalogue } = await openShelves({ main: shelf })
          const model = new Map<string, string>()
          const verdicts: { ran: boolean; should: boolean }[] = []
          const plans: { token: string; name: string; value: string; from: string | undefined; spent: boolean }[] = []
          for (const step of steps) {
            const own = { name: 'name' in step ? step.name : '', value: step.value }
            if (step.step === 'outside') {
              shelf.entries.set(step.name, step.value)
              model.set(step.name, step.value)
            } else if (step.step === 'plan')
              plans.push({ ...own, token: tokenOf(await call('shelf_add_entry', own)), from: model.get(step.name), spent: false })
            else {
              const plan = plans[step.token]
              const result = await call(
                'shelf_add_entry',
                { ...own, confirm: plan?.token ?? 'B'.repeat(16) },
                { principal: step.principal },
              )
              const mine = plan !== undefined && step.principal === 'local:tester' && plan.name === step.name && plan.value === step.value
              const runs = mine && !plan.spent && plan.from === model.get(step.name)
              if (runs) model.set(step.name, step.value)
              verdicts.push({ ran: result.kind === 'done' && result.already === undefined, should: runs })
              if (mine) plan.spent = true
            }
            expect(Object.fromEntries(shelf.entries)).toEqual(Object.fromEntries(model))
          }
          expect(verdicts.filter(({ ran, should }) => ran !== should)).toEqual([])
          await catalogue.runtime.audit.flush()
          expect((await verifyAudit(stateDirectory)).problems).toEqual([])
          expect((await readAudit(stateDirectory, {})).filter((line) => line.kind === 'intent')).toHaveLength(shelf.writes)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('what came of a write', () => {
  test('intent and outcome are audited and the change is kept with its inverse', async () => {
    const { call, stateDirectory, catalogue } = await openShelves({ main: createShelf({ lamp: 'off' }) })
    const done = await call('shelf_add_entry', { ...input, confirm: tokenOf(await call('shelf_add_entry', input)) })
    await catalogue.runtime.audit.flush()
    const lines = (await readAudit(stateDirectory, {})).filter((line) => line.kind === 'intent' || line.kind === 'outcome')
    expect(lines.map(({ kind, result, summary, approval, principal }) => ({ kind, result, summary, approval, principal }))).toEqual([
      { kind: 'intent', result: undefined, summary: 'Put on on lamp', approval: 'token', principal: 'local:tester' },
      { kind: 'outcome', result: 'done', summary: 'Put on on lamp', approval: 'token', principal: 'local:tester' },
    ])
    expect(done.kind === 'done' && done.change).toBe(lines[1]?.change)
  })

  test('what is so already needs no token and leaves no change', async () => {
    const shelf = createShelf({ lamp: 'on' })
    const open = await openShelves({ main: shelf }, { approval: { tiers: { configure: 'human' } } })
    expect(await open.call('shelf_set_entry', { name: 'lamp', value: 'on' })).toMatchObject({
      kind: 'done',
      text: expect.stringMatching(/^NOTHING TO DO: lamp is on already/),
    })
    expect(await open.call('list_changes')).toMatchObject({ output: { changes: [] } })
    expect(await open.call('list_approvals')).toMatchObject({ output: { approvals: [] } })
  })

  test('a write that was confirmed and is so meanwhile is not done', async () => {
    const shelf = createShelf()
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_set_entry', { name: 'lamp', value: 'on' }))
    shelf.entries.set('lamp', 'on')
    expect((await call('shelf_set_entry', { name: 'lamp', value: 'on', confirm })).text).toMatch(/^NOTHING TO DO/)
    expect(shelf.writes).toBe(0)
  })

  test('what cannot be read afterwards is done all the same, and what did not settle says what it answered', async () => {
    const shelf = createShelf({ lamp: 'on' })
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_remove_entry', { name: 'lamp' }))
    const gone = new ToolError('unreachable', 'Nothing answers.', { hint: 'Start it.' })
    Object.defineProperty(shelf, 'failure', { get: () => (shelf.writes > 0 ? gone : undefined) })
    expect((await call('shelf_remove_entry', { name: 'lamp', confirm })).text).toMatch(/^DONE: Remove lamp\./)
  })

  test('a write settles when its state says so', async () => {
    const shelf = createShelf()
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = 3
    const done = await call('shelf_restart_bell', { confirm })
    expect(done.text).toMatch(/^DONE and verified after .* s: Restart the bell\. Change \S+; it leaves nothing to take back\.\nrings: 1$/)
  })

  test('a write that does not settle in time, or cannot any more, is an error that says what happened', async () => {
    const shelf = createShelf()
    const { call, catalogue, stateDirectory } = await openShelves({ main: shelf })
    const late = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = 1_000
    const slow = await call('shelf_restart_bell', { confirm: late })
    expect(slow.text).toMatch(/^timeout: Restart the bell: done, but not settled within 1 s: \d+ to go\.\nThe change is kept as /)
    shelf.settlesAfter = 0
    const broken = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = -1
    expect((await call('shelf_restart_bell', { confirm: broken })).text).toMatch(
      /^upstream: Restart the bell: done, but the bell is broken\./,
    )
    expect(codeOf(await call('shelf_restart_bell', { confirm: broken }))).toBe('upstream')
    expect(shelf.rings).toBe(2)
    await catalogue.runtime.audit.flush()
    expect((await readAudit(stateDirectory, { kind: 'outcome' })).map(({ result }) => result)).toEqual(['unsettled', 'unsettled'])
  })

  test('a target that went away once it was changed is told of in one sentence', async () => {
    const shelf = createShelf()
    const gone = new ToolError('unreachable', 'It went away.')
    Object.defineProperty(shelf, 'failure', { get: () => (shelf.rings > 0 ? gone : undefined) })
    const { call } = await openShelves({ main: shelf })
    const done = await call('shelf_restart_bell', { confirm: tokenOf(await call('shelf_restart_bell')) })
    expect(done.text.split('\n')[0]).toMatch(/not settled within 1 s: It went away\.$/)
  })

  test('a write that fails says whether the state moved all the same', async () => {
    const shelf = createShelf()
    const { call } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    let [open, arrive] = [() => {}, () => {}]
    const door = new Promise<void>((resolve) => (open = resolve))
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    // Whoever looks at the door stands before it.
    Object.defineProperty(shelf, 'door', { get: () => (arrive(), door) })
    const running = call('shelf_add_entry', { ...input, confirm })
    await arrived
    shelf.failure = new ToolError('unreachable', 'The shelf fell over.', { hint: 'Put it up.' })
    open()
    expect((await running).text).toBe('unreachable: The shelf fell over.\nPut it up. Whether it took effect could not be seen.')
  })
})
