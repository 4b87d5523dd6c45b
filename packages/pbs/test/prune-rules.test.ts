import { assert, boolean, constant, integer, property, record, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { marksOf, type Prunable } from '../src/simulation/prune-rules.ts'

const day = 86_400
const at = (text: string): Prunable => ({ time: Date.parse(text) / 1_000, isProtected: false, isFinished: true })
const month = (time: number) => new Date(time * 1_000).getUTCFullYear() * 12 + new Date(time * 1_000).getUTCMonth()

/** The spans by counting, where the simulator goes by the calendar's own names. */
const spans: Record<string, (time: number) => number> = {
  'keep-last': (time) => time,
  'keep-hourly': (time) => Math.floor(time / 3_600),
  'keep-daily': (time) => Math.floor(time / day),
  // The first of January 1970 was a Thursday.
  'keep-weekly': (time) => Math.floor((time / day + 3) / 7),
  'keep-monthly': month,
  'keep-yearly': (time) => Math.floor(month(time) / 12),
}

/** What is kept, in the slow words of the documentation: rule after rule, the newest of each span nothing was kept of before. */
function keptSlowly(items: readonly Prunable[], keep: Readonly<Record<string, number>>): Set<Prunable> {
  const finished = items.filter(({ isFinished }) => isFinished)
  const kept = new Set<Prunable>()
  const passedOver = new Set<Prunable>()
  for (const [name, span] of Object.entries(spans)) {
    const covered = new Set([...kept].map(({ time }) => span(time)))
    for (let left = keep[name] ?? 0; left > 0; left -= 1) {
      const open = finished.filter((item) => !item.isProtected && !kept.has(item) && !passedOver.has(item) && !covered.has(span(item.time)))
      const newest = open.reduce<Prunable | undefined>(
        (best, item) => (best === undefined || item.time > best.time ? item : best),
        undefined,
      )
      if (newest === undefined) break
      kept.add(newest)
      covered.add(span(newest.time))
      for (const item of open) if (item !== newest && span(item.time) === span(newest.time)) passedOver.add(item)
    }
  }
  return kept
}

const backups = uniqueArray(
  record({
    time: integer({ min: Date.parse('2024-11-01') / 1_000, max: Date.parse('2026-02-01') / 1_000 }),
    isProtected: boolean(),
    isFinished: constant(true),
  }),
  { selector: ({ time }) => time, maxLength: 60 },
)
const rules = record(Object.fromEntries(Object.keys(spans).map((name) => [name, integer({ min: 1, max: 6 })])), { requiredKeys: [] })
  .map((keep) => keep as Record<string, number>)
  .filter((keep) => Object.keys(keep).length > 0)

test('the pretend server keeps what the rules say, counted slowly', () => {
  assert(
    property(backups, rules, (items, keep) => {
      const marks = marksOf(items, keep)
      const expected = keptSlowly(items, keep)
      for (const item of items) expect(marks.get(item)).toBe(item.isProtected ? 'protected' : expected.has(item) ? 'keep' : 'remove')
    }),
    { numRuns: 300 },
  )
})

test('the newest backup always stays, and no rule at all keeps everything', () => {
  assert(
    property(
      backups.filter(({ length }) => length > 0),
      rules,
      (items, keep) => {
        const newest = items.reduce((best, item) => (item.time > best.time ? item : best))
        expect(marksOf(items, keep).get(newest)).not.toBe('remove')
        expect([...marksOf(items, {}).values()]).not.toContain('remove')
      },
    ),
  )
})

test('a week is one of ISO 8601, whichever year its days are in', () => {
  const items = [at('2025-12-31T02:00:00Z'), at('2025-12-29T02:00:00Z'), at('2025-12-28T02:00:00Z'), at('2026-01-01T02:00:00Z')]
  expect(
    [...marksOf(items, { 'keep-weekly': 5 })].map(([{ time }, mark]) => [new Date(time * 1_000).toISOString().slice(0, 10), mark]),
  ).toEqual([
    ['2026-01-01', 'keep'],
    ['2025-12-31', 'remove'],
    ['2025-12-29', 'remove'],
    ['2025-12-28', 'keep'],
  ])
})

test('one that is being written is kept, and one that was left unfinished is not', () => {
  const items = [
    { ...at('2026-01-04T02:00:00Z'), isFinished: false },
    at('2026-01-03T02:00:00Z'),
    { ...at('2026-01-02T02:00:00Z'), isFinished: false },
  ]
  expect([...marksOf(items, { 'keep-last': 3 }).values()]).toEqual(['keep-partial', 'keep', 'remove'])
})
