/**
 * @typedef {object} Random Numbers that are the same for the same seed.
 * @property {() => number} next From 0 up to 1.
 * @property {(below: number) => number} below A whole number.
 * @property {<T>(values: readonly T[]) => T} one One of several.
 * @property {<T>(values: readonly T[]) => T[]} shuffled
 */

/**
 * Makes random numbers of a seed (mulberry32).
 * @param {number} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit)
  return {
    next,
    below,
    one: (values) => {
      const [first] = values.slice(below(values.length))
      if (first === undefined) throw new Error('There is nothing to choose from.')
      return first
    },
    shuffled: (values) => {
      const left = [...values]
      return values.flatMap(() => left.splice(below(left.length), 1))
    },
  }
}
