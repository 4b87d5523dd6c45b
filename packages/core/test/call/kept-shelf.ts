import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createShelf, type Shelf } from '../shelf.ts'

/** A shelf that outlives its process: every write is a line of a file. `passed` is told before and after each. */
export function keptShelf(file: string, passed: () => void = () => undefined): Shelf {
  const shelf = { ...createShelf(), entries: keptMap<string>(file, passed) }
  const rings = keptMap<number>(`${file}-bell`, passed)
  Object.defineProperty(shelf, 'rings', {
    get: () => rings.get('rings') ?? 0,
    set: (count: number) => {
      rings.set('rings', count)
    },
  })
  return shelf
}

/** A map whose every change is a line of a file. */
export function keptMap<Value>(file: string, passed: () => void): Map<string, Value> {
  const map = new Map<string, Value>()
  for (const [key, value] of linesOf<Value>(file))
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  const [set, remove] = [map.set.bind(map), map.delete.bind(map)]
  const write = (line: unknown[]) => {
    passed()
    appendFileSync(file, `${JSON.stringify(line)}\n`)
    passed()
  }
  map.set = (key, value) => {
    write([key, value])
    return set(key, value)
  }
  map.delete = (key) => {
    if (!map.has(key)) return false
    write([key])
    return remove(key)
  }
  return map
}

/** What was ever written to a shelf, in order. */
export function writesIn(file: string): [key: string, value: string | undefined][] {
  return linesOf<string>(file)
}

/** How often a kept shelf was rung. */
export function ringsIn(file: string): number {
  return linesOf<number>(`${file}-bell`).length
}

function linesOf<Value>(file: string): [key: string, value: Value | undefined][] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [string, Value | undefined])
}
