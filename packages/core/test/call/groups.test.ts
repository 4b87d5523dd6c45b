import assert from 'node:assert/strict'
import { ToolError } from '@rackwarden/core'
import { verifyAudit, type CallResult, type Clock } from '@rackwarden/core/runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openShelves, tokenOf, type OpenShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const names = ['left', 'middle', 'right'] as const
const tools = ['add_entry', 'set_entry', 'remove_entry'] as const
const entries = ['lamp', 'door'] as const
const values = ['on', 'off'] as const

const pick = <Kind>(all: readonly Kind[]) => fc.constantFrom(...all)
/** What befalls an instance while it is written to: it may fall over, and be up again after so many pauses, or never. */
const fault = fc.record({
  at: pick(names),
  when: pick(['before', 'after'] as const),
  code: pick(['upstream', 'unreachable', 'timeout'] as const),
  falls: fc.boolean(),
  wakesIn: fc.option(fc.integer({ min: 1, max: 8 })),
})
const faults = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.uniqueArray(fault, { minLength: 1, maxLength: 3, selector: ({ at }) => at }) },
)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      tool: pick(tools),
      name: pick(entries),
      value: pick(values),
      partial: fc.boolean(),
      faults,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('undo' as const), of: fc.nat(), group: fc.boolean(), faults }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fall' as const), at: pick(names) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rise' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hand' as const), at: pick(names), name: pick(entries), value: pick(values) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never
type Fault = typeof fault extends fc.Arbitrary<infer Kind> ? Kind : never

interface Listed {
  id: string
  group?: string
  undone_by?: string
}

/** Three shelves that are to hold the same, the things that befall them, and whoever works with them. */
class Lab {
  readonly shelves = { left: createShelf(), middle: createShelf(), right: createShelf() }
  readonly #wakesIn = new Map<string, number>()
  #now = Date.parse('2026-01-01T00:00:00Z')
  #open: OpenShelves | undefined
  stateDirectory: string | undefined

  readonly #clock: Clock = {
    now: () => (this.#now += 1),
    // Whoever waits gives the others time to come up again.
    sleep: () => {
      for (const name of names) {
        const left = (this.#wakesIn.get(name) ?? Infinity) - 1
        if (this.shelves[name].failure === undefined) continue
        this.#wakesIn.set(name, left)
        if (left <= 0) this.shelves[name].failure = undefined
      }
      return Promise.resolve()
    },
    after: () => () => undefined,
  }

  async restart(): Promise<void> {
    const kept = this.stateDirectory === undefined ? {} : { stateDirectory: this.stateDirectory }
    this.#open = await openShelves(this.shelves, { clock: this.#clock, inlineBudgetMs: Infinity, mirrored: true, ...kept })
    this.stateDirectory = this.#open.stateDirectory
  }

  /** Calls are answered, and what goes wrong is foreseen. */
  async call(name: string, input: Record<string, unknown> = {}): Promise<CallResult> {
    this.#now += 1_000
    if (this.#open === undefined) throw new Error('nobody serves')
    const result = await this.#open.call(name, input)
    assert.doesNotMatch(result.text, /unexpectedly/)
    assert.deepEqual(this.#open.log, [])
    return result
  }

  arm(armed: readonly Fault[]): void {
    for (const { at, when, code, falls, wakesIn } of armed) {
      const error = new ToolError(code, 'It jams.')
      this.shelves[at].jam = { error, when, once: true, ...(falls ? { leaves: new ToolError('unreachable', 'It fell over.') } : {}) }
      this.#wakesIn.set(at, wakesIn ?? Infinity)
    }
  }

  disarm(): void {
    for (const name of names) this.shelves[name].jam = undefined
    this.#wakesIn.clear()
  }

  isUp(name: (typeof names)[number]): boolean {
    return this.shelves[name].failure === undefined
  }

  /** Looks at what is there while all of them answer. */
  async whileUp(look: () => Promise<void>): Promise<void> {
    const failures = names.map((name) => this.shelves[name].failure)
    for (const name of names) this.shelves[name].failure = undefined
    await look()
    for (const [index, name] of names.entries()) this.shelves[name].failure = failures[index]
  }

  held(name: (typeof names)[number]): Record<string, string> {
    return Object.fromEntries([...this.shelves[name].entries].toSorted(([first], [second]) => (first < second ? -1 : 1)))
  }

  /** What all of them hold. */
  snapshot(): string {
    return JSON.stringify(names.map((name) => this.held(name)))
  }

  writes(): number {
    return names.reduce((sum, name) => sum + this.shelves[name].writes, 0)
  }

  async changes(): Promise<Listed[]> {
    const listed = await this.call('list_changes', { limit: 100 })
    return listed.kind === 'done' ? (listed.output as { changes: Listed[] }).changes : []
  }

  flush(): Promise<void> {
    return this.#open?.catalogue.runtime.audit.flush() ?? Promise.resolve()
  }
}

/** What was done, and what all held before and after it. */
interface Done {
  before: string
  after: string
  /** Ids of its changes. */
  changes: readonly string[]
}

async function run(steps: readonly Step[]): Promise<void> {
  const lab = new Lab()
  await lab.restart()
  const known = new Map<string, Done>()

  /** Plans a call, lets things befall it, and sends its token twice; undefined where there is no plan, and then nothing happened. */
  const carriedOut = async (name: string, input: Record<string, unknown>, armed: readonly Fault[]): Promise<CallResult | undefined> => {
    const before = lab.snapshot()
    const planned = await lab.call(name, input)
    assert.equal(lab.snapshot(), before)
    if (planned.kind !== 'plan') return undefined
    lab.arm(armed)
    const confirm = tokenOf(planned)
    const result = await lab.call(name, { ...input, confirm })
    lab.disarm()
    assert.notEqual(result.kind, 'plan')
    if (result.text.includes('Nothing is changed anywhere')) assert.equal(lab.snapshot(), before)
    const written = lab.writes()
    await lab.call(name, { ...input, confirm })
    assert.equal(lab.writes(), written)
    if (result.kind === 'done' && result.change !== undefined) {
      const changes = (await lab.changes()).filter(({ id, group }) => id === result.change || group === result.change).map(({ id }) => id)
      known.set(result.change, { before, after: lab.snapshot(), changes })
    }
    if (/the instances differ now| missed it/.test(result.text)) await lab.whileUp(async () => told(lab, true))
    return result
  }

  for (const taken of steps) {
    if (taken.do === 'write') {
      const { tool, name, value, partial } = taken
      const present = names.filter((one) => lab.isUp(one))
      const input = { name, ...(tool === 'remove_entry' ? {} : { value }), ...(partial ? { allow_partial: true } : {}) }
      const result = await carriedOut(`shelf_${tool}`, input, taken.faults)
      if (result?.kind === 'done') {
        for (const one of present) assert.equal(lab.held(one)[name], tool === 'remove_entry' ? undefined : value)
        assert.ok(partial || present.length === names.length)
      }
    } else if (taken.do === 'undo') {
      const changes = await lab.changes()
      const ids = [...new Set(changes.map(({ id, group }) => (taken.group ? (group ?? id) : id)))]
      const id = ids[taken.of % ids.length]
      if (id === undefined) continue
      const done = known.get(id)
      const standing = changes.filter((change) => done?.changes.includes(change.id) === true && change.undone_by === undefined)
      const isWhole = done !== undefined && standing.length === done.changes.length && lab.snapshot() === done.after
      const result = await carriedOut('undo_change', { change: id }, taken.faults)
      if (result?.kind !== 'done') continue
      if (isWhole) assert.equal(lab.snapshot(), done.before)
      if (changes.some((change) => change.id === id)) continue
      const again = await lab.call('undo_change', { change: id })
      assert.equal(again.kind === 'error' && again.error.code, 'conflict')
    } else if (taken.do === 'fall') lab.shelves[taken.at].failure = new ToolError('unreachable', 'It fell over.')
    else if (taken.do === 'rise') for (const name of names) lab.shelves[name].failure = undefined
    else if (taken.do === 'hand') lab.shelves[taken.at].entries.set(taken.name, taken.value)
    else await lab.restart()
    await told(lab, false)
  }
  await lab.flush()
  const { problems, unfinished } = await verifyAudit(lab.stateDirectory ?? '')
  assert.deepEqual({ problems, unfinished }, { problems: [], unfinished: [] })
}

/** Whatever differs is told, whatever is down is told, and where all are up and alike there is nothing to tell. */
async function told(lab: Lab, isOfWrite: boolean): Promise<void> {
  const { text } = await lab.call('needs_attention')
  const up = names.filter((name) => lab.isUp(name))
  const [first, ...others] = up
  const differing = others.filter((name) => JSON.stringify(lab.held(name)) !== JSON.stringify(first === undefined ? {} : lab.held(first)))
  for (const name of differing) assert.match(text, new RegExp(`Shelf ${name} is not like ${first ?? ''}`))
  for (const name of names) assert.equal(text.includes(`[shelf@${name}]`), differing.includes(name) || !up.includes(name), text)
  if (up.length === names.length && differing.length === 0) assert.match(text, /Nothing needs attention/)
  if (up.length === names.length && differing.length > 0 && isOfWrite) assert.match(text, /A write is not on every Shelf/)
}

test('whatever befalls mirrored instances, a write is everywhere or nowhere, or what differs is told, and it is taken back once', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 20, size: 'max' }), run)
  await expect(fc.assert(property, { numRuns: 50 })).resolves.toBeUndefined()
}, 120_000)
