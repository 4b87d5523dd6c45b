/** In which passages each word stands, and how often: eight bytes for each, in one piece of memory. */
export interface Postings {
  add(word: string, id: number, times: number): void
  has(word: string): boolean
  each(word: string, visit: (id: number, times: number) => void): void
  /** Words that begin so, or else those the fewest slips make of this one, two at most. */
  near(word: string): string[]
}

const mostTimes = 255
const mostNear = 20

/** Makes empty postings; each entry has the number of the one before it of the same word. */
export function createPostings(): Postings {
  const latest = new Map<string, number>()
  let entries = new Uint32Array(2 * 4_096)
  // The first stands for none.
  let count = 1
  return {
    add(word, id, times) {
      if (2 * count >= entries.length) {
        const grown = new Uint32Array(entries.length * 2)
        grown.set(entries)
        entries = grown
      }
      const before = latest.get(word)
      entries[2 * count] = id * (mostTimes + 1) + Math.min(times, mostTimes)
      entries[2 * count + 1] = before ?? 0
      latest.set(before === undefined ? apart(word) : word, count)
      count += 1
    },
    has: (word) => latest.has(word),
    each(word, visit) {
      for (let at = latest.get(word) ?? 0; at !== 0; at = entries[2 * at + 1] ?? 0) {
        const packed = entries[2 * at] ?? 0
        visit(Math.floor(packed / (mostTimes + 1)), packed % (mostTimes + 1))
      }
    },
    near(word) {
      if (word.length < 4) return []
      const found: { other: string; slips: number }[] = []
      let least = word.length > 5 ? 2 : 1
      for (const other of latest.keys()) {
        // The first letter is seldom the wrong one.
        if (other[0] !== word[0]) continue
        const slips = other.startsWith(word) ? 0 : slipsBetween(word, other, least)
        if (slips > least) continue
        least = slips
        found.push({ other, slips })
      }
      return found
        .filter(({ slips }) => slips === least)
        .slice(0, mostNear)
        .map(({ other }) => other)
    },
  }
}

/** A part of a text keeps all of it in memory; a word on its own does not. */
function apart(word: string): string {
  return Buffer.from(word).toString()
}

/** How many letters put in, taken out, changed or swapped with their neighbour make one word of the other; no more than one above the most. */
function slipsBetween(first: string, second: string, most: number): number {
  if (Math.abs(first.length - second.length) > most) return most + 1
  let before: number[] = []
  let row = Array.from({ length: second.length + 1 }, (_, index) => index)
  for (let at = 1; at <= first.length; at += 1) {
    const next = [at]
    for (let index = 1; index <= second.length; index += 1) {
      const isSame = first[at - 1] === second[index - 1]
      const isSwapped = at > 1 && index > 1 && first[at - 1] === second[index - 2] && first[at - 2] === second[index - 1]
      const changed = Math.min((row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1, (row[index - 1] ?? 0) + (isSame ? 0 : 1))
      next.push(isSwapped ? Math.min(changed, (before[index - 2] ?? 0) + 1) : changed)
    }
    before = row
    row = next
  }
  return row[second.length] ?? most + 1
}
