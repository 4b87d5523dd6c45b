import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createShelf, type Shelf } from '../shelf.ts'

/** A shelf that outlives its process: every write is a line of a file. `passed` is told before and after each. */
export function keptShelf(file: string, passed: () => void = () => undefined): Shelf {
  const shelf = createShelf()
  for (const [key, value] of writesIn(file)) shelf.entries.set(key, value)
  const entries = shelf.entries
  const set = entries.set.bind(entries)
  entries.set = (key, value) => {
    passed()
    appendFileSync(file, `${JSON.stringify([key, value])}\n`)
    passed()
    return set(key, value)
  }
  return shelf
}

/** What was ever written to a shelf, in order. */
export function writesIn(file: string): [key: string, value: string][] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [string, string])
}
