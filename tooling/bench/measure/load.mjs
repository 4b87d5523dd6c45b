/**
 * @typedef {{ cpu: number, milliseconds: number, rate: number }} Load CPU µs per call, median milliseconds of a call, calls per second.
 * @typedef {{ cpu: () => number }} Server
 */

/**
 * Makes calls, so many at a time, and says what each cost.
 * @param {Server} server
 * @param {() => Promise<unknown>} call
 * @param {{ calls: number, atOnce?: number }} options
 * @returns {Promise<Load>}
 */
export async function measureLoad(server, call, { calls, atOnce = 1 }) {
  /** @type {number[]} */
  const times = []
  let left = calls
  const one = async () => {
    while (left > 0) {
      left -= 1
      const start = performance.now()
      await call()
      times.push(performance.now() - start)
    }
  }
  const cpu = server.cpu()
  const start = performance.now()
  await Promise.all(Array.from({ length: atOnce }, one))
  const took = performance.now() - start
  return { cpu: (server.cpu() - cpu) / calls, milliseconds: median(times), rate: (calls / took) * 1000 }
}

/**
 * The best of several slices: what disturbed the others is the machine's.
 * @param {readonly Load[]} loads
 * @returns {Load}
 */
export function best(loads) {
  return {
    cpu: Math.min(...loads.map(({ cpu }) => cpu)),
    milliseconds: Math.min(...loads.map(({ milliseconds }) => milliseconds)),
    rate: Math.max(...loads.map(({ rate }) => rate)),
  }
}

/**
 * Measures everybody in turn, round after round, so that a slow spell of the machine meets all of them.
 * @template Target, Figure
 * @param {readonly Target[]} targets
 * @param {number} rounds
 * @param {(target: Target, round: number) => Promise<Figure>} measure
 * @returns {Promise<Map<Target, Figure[]>>}
 */
export async function inTurn(targets, rounds, measure) {
  /** @type {Map<Target, Figure[]>} */
  const figures = new Map(targets.map((target) => [target, []]))
  for (let round = 0; round < rounds; round += 1) for (const target of targets) figures.get(target)?.push(await measure(target, round))
  return figures
}

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  return percentile(values, 0.5)
}

/**
 * The smallest value that so large a part of all is not above.
 * @param {readonly number[]} values
 * @param {number} part
 * @returns {number}
 */
export function percentile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? Number.NaN
}
