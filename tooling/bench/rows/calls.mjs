import { openSession } from '../measure/http-session.mjs'
import { best, inTurn, measureLoad } from '../measure/load.mjs'
import { floor, hub, openTarget, peerTargets, proxyingFloor, proxyingHub, sdk, sdkPerRequest } from '../measure/targets.mjs'

/**
 * @typedef {import('../measure/targets.mjs').Target} Target
 * @typedef {import('../measure/load.mjs').Load} Load
 * @typedef {{ first: number, one: Load, sixteen: Load }} CallCost
 */

const firstCalls = 200

/**
 * What a call costs in the process and passed on, everybody in turn.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureCalls(bench) {
  const peers = peerTargets(bench.peers)
  const serving = [hub, sdk, floor, sdkPerRequest, ...peers.serving]
  const proxying = [proxyingHub, proxyingFloor, ...peers.proxying]
  const first = await inTurn([...serving, ...proxying], bench.quick ? 1 : 4, (target) => firstCost(target, bench.env))
  const warm = await warmCosts([...serving, ...proxying], bench)
  /** @param {Target} target */
  const costOf = (target) => {
    const [one, sixteen] = [warm.get(target)?.one ?? [], warm.get(target)?.sixteen ?? []]
    return { first: Math.min(...(first.get(target) ?? [])), one: best(one), sixteen: best(sixteen) }
  }
  compare(
    bench,
    'call',
    serving.map((target) => [target.name, costOf(target)]),
    [sdk.name, floor.name],
  )
  /** @type {[string, CallCost][]} */
  const proxied = proxying.map((target) => [target.name, costOf(target)])
  compare(bench, 'proxied', proxied, [proxyingFloor.name])
  // What a client over Streamable HTTP could have instead.
  const [fastest] = proxied
    .filter(([name]) => peers.proxying.some((target) => target.name === name && target.open === openSession))
    .toSorted(([, one], [, other]) => other.sixteen.rate - one.sixteen.rate)
  const own = proxied.find(([name]) => name === proxyingHub.name)
  if (fastest !== undefined && own !== undefined)
    bench.add('proxied.sixteen.peer', {
      subject: own[0],
      value: own[1].sixteen.rate,
      reference: fastest[0],
      referenceValue: fastest[1].sixteen.rate,
      judged: true,
    })
}

/**
 * Our rows beside both references, then everybody else beside the first.
 * @param {import('../bench.mjs').Bench} bench
 * @param {'call' | 'proxied'} kind
 * @param {[string, CallCost][]} costs
 * @param {string[]} references
 */
function compare({ add }, kind, costs, references) {
  const known = new Map(costs)
  /** @type {[import('../figures.mjs').FigureId, (cost: CallCost) => number][]} */
  const figures = [
    [`${kind}.first.cpu`, ({ first }) => first],
    [`${kind}.one.milliseconds`, ({ one }) => one.milliseconds],
    [`${kind}.one.cpu`, ({ one }) => one.cpu],
    [`${kind}.sixteen.rate`, ({ sixteen }) => sixteen.rate],
    [`${kind}.sixteen.cpu`, ({ sixteen }) => sixteen.cpu],
  ]
  for (const [figure, valueOf] of figures) {
    for (const [subject, cost] of costs) {
      const value = valueOf(cost)
      const against = references.slice(0, subject === hub.name ? 2 : 1).filter((reference) => reference !== subject)
      // Who is alone is told alone.
      if (costs.length === 1) add(figure, { subject, value })
      for (const reference of against) {
        const other = known.get(reference)
        const judged = subject === hub.name && reference === references[0]
        add(figure, { subject, value, reference, ...(other === undefined ? {} : { referenceValue: valueOf(other) }), judged })
      }
    }
  }
}

/**
 * The calls a home makes in a day: of a process that was started for them.
 * @param {Target} target
 * @param {NodeJS.ProcessEnv} env
 */
async function firstCost(target, env) {
  const opened = await openTarget(target, env, { sockets: 1 })
  try {
    const { cpu } = await measureLoad(opened.server, opened.call, { calls: firstCalls })
    return cpu
  } finally {
    await opened.stop()
  }
}

/**
 * @param {Target[]} targets
 * @param {import('../bench.mjs').Bench} bench
 */
async function warmCosts(targets, { env, quick }) {
  /** @type {import('../measure/targets.mjs').OpenTarget[]} */
  const open = []
  /** @type {Map<Target, { one: Load[], sixteen: Load[] }>} */
  const costs = new Map()
  try {
    for (const target of targets) open.push(await openTarget(target, env))
    const slices = quick ? 2 : 10
    const calls = (/** @type {Target} */ target) => (quick ? 300 : 600) / (target.slow === true ? 6 : 1)
    await inTurn(open, 1, async ({ server, call, target }) => {
      await measureLoad(server, call, { calls: calls(target) * 4, atOnce: 16 })
      await measureLoad(server, call, { calls: calls(target) })
    })
    const one = await inTurn(open, slices, ({ server, call, target }) => measureLoad(server, call, { calls: calls(target) }))
    const sixteen = await inTurn(open, slices, ({ server, call, target }) =>
      measureLoad(server, call, { calls: calls(target) * 2, atOnce: 16 }),
    )
    for (const opened of open) {
      costs.set(opened.target, { one: one.get(opened) ?? [], sixteen: sixteen.get(opened) ?? [] })
    }
    return costs
  } finally {
    for (const opened of open) await opened.stop()
  }
}
