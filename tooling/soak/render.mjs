/**
 * @typedef {object} Report
 * @property {number} minutes
 * @property {number} seed
 * @property {ReadonlyMap<string, number>} happened Faults, and how often each.
 * @property {readonly string[]} skipped
 * @property {readonly import('./checks.mjs').Check[]} checks
 * @property {ReadonlyMap<string, number>} kinds Answers by what they were.
 * @property {(share: number) => number} quantile
 */

/**
 * The report as a table for people.
 * @param {Report} report
 * @returns {string}
 */
export function renderReport({ minutes, seed, happened, skipped, checks, kinds, quantile }) {
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0)
  const times = [0.5, 0.95, 0.99, 1].map((share) => `${Math.round(quantile(share))} ms`)
  const widest = Math.max(...checks.map(({ what }) => what.length))
  const failed = checks.filter(({ holds }) => !holds).length
  return [
    '',
    `answers  ${total} (${Math.round(total / minutes / 60)} a second): ${counts(kinds)}`,
    `times    median ${times[0]}, 95 % ${times[1]}, 99 % ${times[2]}, longest ${times[3]}`,
    `faults   ${counts(happened)}`,
    ...skipped.map((what) => `skipped  ${what}`),
    '',
    ...checks.flatMap(({ what, value, holds, wrongs = [] }) => [
      `${holds ? 'held   ' : 'FAILED '} ${what.padEnd(widest)}  ${value}`,
      ...(holds ? [] : wrongs.map((wrong) => `          ${wrong}`)),
    ]),
    '',
    `${checks.length - failed} of ${checks.length} held${failed === 0 ? '' : `, ${failed} failed; --seed ${seed} --minutes ${minutes} does the same again`}.`,
  ].join('\n')
}

/** @param {ReadonlyMap<string, number>} counted */
function counts(counted) {
  return [...counted]
    .toSorted(([, first], [, second]) => second - first)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
