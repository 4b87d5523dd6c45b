import { defineProgram, readArguments } from '../bootstrap/program.mjs'

/** @typedef {{ minutes: number, seed: number, verbose: boolean }} Options */

export const program = defineProgram({
  command: 'npm run soak --',
  does: 'Runs the bundled hub on a pretend lab under constant load and a fault every few seconds, held to what must be true throughout.',
  options: {
    minutes: { type: 'string', default: '10', value: '<number>', says: 'how long; 10 when not given' },
    seed: { type: 'string', value: '<number>', says: 'for the faults of an earlier run' },
    verbose: { type: 'boolean', default: false, says: 'tells each fault' },
  },
})

/**
 * Reads what `npm run soak` was told; throws with a sentence for what it does not take.
 * @param {string[]} args
 * @param {() => number} anySeed
 * @returns {Options}
 */
export function readOptions(args, anySeed) {
  const { values } = readArguments(program, args)
  const minutes = Number(values.minutes)
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error(`'${values.minutes}' is no number of minutes.`)
  const seed = values.seed === undefined ? anySeed() : Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`'${values.seed}' is no seed; it is a whole number.`)
  return { minutes, seed, verbose: values.verbose }
}
