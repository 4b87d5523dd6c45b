import { parseArgs } from 'node:util'

/** @typedef {{ minutes: number, seed: number, verbose: boolean }} Options */

/**
 * Reads what `npm run soak` was told; throws with a sentence for what it does not take.
 * @param {string[]} args
 * @param {() => number} anySeed
 * @returns {Options}
 */
export function readOptions(args, anySeed) {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, verbose: { type: 'boolean', default: false } },
  })
  const minutes = Number(values.minutes)
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error(`'${values.minutes}' is no number of minutes.`)
  const seed = values.seed === undefined ? anySeed() : Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`'${values.seed}' is no seed; it is a whole number.`)
  return { minutes, seed, verbose: values.verbose }
}
