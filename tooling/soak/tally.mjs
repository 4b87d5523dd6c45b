/**
 * @typedef {object} Tally What was asked and what came of it.
 * @property {(kind: string, milliseconds: number) => void} answered
 * @property {(principal: string, isLimited: boolean) => void} called A call that was answered.
 * @property {(word: string) => void} named A call that was answered, by a word of its own that stands in its input.
 * @property {(what: string) => void} wrong
 * @property {() => Map<string, number>} kinds
 * @property {() => ReadonlyMap<string, { calls: number, limited: number }>} principals
 * @property {() => readonly string[]} words
 * @property {() => readonly string[]} wrongs
 * @property {(share: number) => number} quantile Of the milliseconds.
 */

/** So many wrongs are told in full. */
const mostTold = 25

/** @returns {Tally} */
export function createTally() {
  /** @type {Map<string, number>} */
  const kinds = new Map()
  /** @type {Map<string, { calls: number, limited: number }>} */
  const principals = new Map()
  /** @type {string[]} */
  const words = []
  /** @type {string[]} */
  const wrongs = []
  /** @type {number[]} */
  const times = []
  let more = 0
  return {
    answered(kind, milliseconds) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      times.push(milliseconds)
    },
    called(principal, isLimited) {
      const counted = principals.get(principal) ?? { calls: 0, limited: 0 }
      principals.set(principal, counted)
      if (isLimited) counted.limited += 1
      else counted.calls += 1
    },
    named: (word) => void words.push(word),
    wrong(what) {
      if (wrongs.length < mostTold) wrongs.push(what)
      else more += 1
    },
    kinds: () => kinds,
    principals: () => principals,
    words: () => words,
    wrongs: () => (more === 0 ? wrongs : [...wrongs, `and ${more} more`]),
    quantile: (share) => times.toSorted((first, second) => first - second)[Math.floor(share * (times.length - 1))] ?? 0,
  }
}
