/** What the rules look at of a backup. */
export interface Prunable {
  /** In seconds since the epoch. */
  time: number
  isProtected: boolean
  isFinished: boolean
}

/** What becomes of a backup. */
export type Mark = 'keep' | 'keep-partial' | 'protected' | 'remove'

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** The rules in the order they are applied, each with what makes two backups one of its span. */
const rules: readonly [name: string, span: (date: Date) => string][] = [
  ['keep-last', (date) => date.toISOString()],
  ['keep-hourly', (date) => date.toISOString().slice(0, 13)],
  ['keep-daily', (date) => date.toISOString().slice(0, 10)],
  ['keep-weekly', isoWeek],
  ['keep-monthly', (date) => date.toISOString().slice(0, 7)],
  ['keep-yearly', (date) => date.toISOString().slice(0, 4)],
]

/** Marks the backups of a group as the server does; times are those of its zone, here UTC. */
export function marksOf<Item extends Prunable>(items: readonly Item[], keep: Readonly<Record<string, number>>): Map<Item, Mark> {
  const newestFirst = items.toSorted((first, second) => second.time - first.time)
  const marks = new Map<Item, Mark>(partialMarks(newestFirst))
  for (const [name, span] of rules) {
    const count = keep[name]
    if (count !== undefined) select(newestFirst, marks, count, ({ time }) => span(new Date(time * 1_000)))
  }
  const keepsAll = !rules.some(([name]) => (keep[name] ?? 0) > 0)
  return new Map(
    newestFirst.map((item) => {
      if (item.isProtected) return [item, 'protected']
      return [item, keepsAll ? 'keep' : (marks.get(item) ?? 'remove')]
    }),
  )
}

/** One that is not finished is kept only where nothing newer is. */
function partialMarks<Item extends Prunable>(newestFirst: readonly Item[]): [Item, Mark][] {
  return newestFirst.flatMap((item, index): [Item, Mark][] => (item.isFinished ? [] : [[item, index === 0 ? 'keep-partial' : 'remove']]))
}

/** Keeps the newest of each span, for as many spans as are asked for and hold none that is kept already. */
function select<Item extends Prunable>(items: readonly Item[], marks: Map<Item, Mark>, count: number, span: (item: Item) => string): void {
  const covered = new Set(items.filter((item) => marks.get(item) === 'keep').map(span))
  const chosen = new Set<string>()
  for (const item of items) {
    if (marks.has(item)) continue
    if (item.isProtected) {
      marks.set(item, 'protected')
      continue
    }
    const own = span(item)
    if (covered.has(own)) continue
    if (chosen.has(own)) {
      marks.set(item, 'remove')
      continue
    }
    if (chosen.size >= count) return
    chosen.add(own)
    marks.set(item, 'keep')
  }
}

/** Year and week by ISO 8601: a week belongs to the year its Thursday is in. */
function isoWeek(date: Date): string {
  const thursday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()))
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7))
  const days = (thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000
  return `${thursday.getUTCFullYear()}/${pad(Math.floor(days / 7) + 1)}`
}
