import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { measureTasks } from '../measure/lab-tasks.mjs'
import { percentile } from '../measure/load.mjs'
import { stdioPeers } from '../measure/stdio-peers.mjs'
import { askOverStdio } from '../measure/stdio-start.mjs'
import { floor, hub, openTarget, sdk } from '../measure/targets.mjs'
import { hubList, serviceLists } from '../tool-lists.mjs'

/**
 * What a tool costs a model's context, annotations in: of the same tool, and of each list there is.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureTokens({ add, attempt, env, peers }) {
  const echo = await Promise.all([hub, sdk, floor].map(async (target) => costOf(await listOf(target, env))))
  const [own, reference, least] = echo.map(({ average }) => average)
  if (own === undefined || reference === undefined || least === undefined) throw new Error('The echo tools were not listed.')
  add('tokens.average', { subject: 'the same tool', value: own, reference: sdk.name, referenceValue: reference, judged: true })
  add('tokens.average', { subject: 'the same tool', value: own, reference: 'floor', referenceValue: least })

  const [all, few] = (await Promise.all([hubList('all'), hubList('search')])).map((list) => encode(JSON.stringify(list)).length)
  if (all === undefined || few === undefined) throw new Error('The hub was not listed.')
  add('tokens.search', {
    subject: 'hub, every tier granted',
    value: few,
    reference: 'all of them listed',
    referenceValue: all,
    judged: true,
  })

  for (const { name, all: whole, search } of await measureTasks())
    add('tokens.task', {
      subject: `${name}, ${search.calls} calls`,
      value: search.tokens,
      reference: `every tool listed, ${whole.calls} calls`,
      referenceValue: whole.tokens,
    })

  const lists = Object.entries({ ...serviceLists(), hub: await hubList() }).map(([name, tools]) => ({ name, ...costOf(tools), own: true }))
  for (const peer of stdioPeers(peers))
    await attempt(`tokens of ${peer.name}`, async () => {
      const { tools } = await askOverStdio(peer.args, { ...env, ...peer.env })
      lists.push({ name: peer.name, ...costOf(tools), own: false })
    })
  const best = lists.filter((list) => !list.own).toSorted((a, b) => a.average - b.average)[0]
  for (const kind of /** @type {const} */ (['average', 'percentile'])) {
    for (const { name, tools, own: judged, ...cost } of lists) {
      const compared = judged && best !== undefined ? { reference: best.name, referenceValue: best[kind] } : {}
      const subject = `${name}, ${tools} tools`
      add(`tokens.${kind}`, {
        subject,
        value: cost[kind],
        ...(judged && best === undefined ? { reference: 'SDK v2, the same tool', referenceValue: reference } : compared),
        judged,
      })
    }
  }
}

/** @param {object[]} list */
function costOf(list) {
  const costs = list.map((tool) => encode(JSON.stringify(tool)).length)
  return { tools: costs.length, average: costs.reduce((sum, cost) => sum + cost, 0) / costs.length, percentile: percentile(costs, 0.95) }
}

/**
 * @param {import('../measure/targets.mjs').Target} target
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<object[]>}
 */
async function listOf(target, env) {
  const { session, stop } = await openTarget(target, env, { sockets: 1 })
  try {
    const text = await session.ask('tools/list')
    /** @type {{ name: string }[]} */
    const tools = JSON.parse(text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '')).result.tools
    return tools.filter(({ name }) => name.startsWith('echo'))
  } finally {
    await stop()
  }
}
