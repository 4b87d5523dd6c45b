import { inTurn, measureLoad } from '../measure/load.mjs'
import { groups } from '../servers/echo-tools.mjs'
import { withoutSession } from '../measure/http-session.mjs'
import { floor, hub, openTarget, peerTargets, sdk } from '../measure/targets.mjs'

/** The same in the current protocol, where every request says all of itself. */
const withoutSessions = { ...hub, name: `${hub.name}, no session`, open: withoutSession }

/**
 * What it costs to list a hundred and a thousand tools.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureLists({ add, env, peers, quick }) {
  const targets = [hub, sdk, floor, withoutSessions, ...peerTargets(peers).proxying]
  for (const count of /** @type {const} */ ([100, 1000])) {
    const found = await listCosts(targets, env, { count, rounds: quick ? 2 : 6 })
    const [own, reference, least] = [found.get(hub), found.get(sdk), found.get(floor)]
    if (own === undefined || reference === undefined || least === undefined) throw new Error('A list was not measured.')
    for (const kind of /** @type {const} */ (['cpu', 'bytes'])) {
      const figure = /** @type {const} */ (`list.${count}.${kind}`)
      add(figure, { subject: hub.name, value: own[kind], reference: sdk.name, referenceValue: reference[kind], judged: true })
      add(figure, { subject: hub.name, value: own[kind], reference: floor.name, referenceValue: least[kind] })
      for (const target of targets.slice(2)) {
        const value = found.get(target)?.[kind] ?? Number.NaN
        add(figure, { subject: target.name, value, reference: sdk.name, referenceValue: reference[kind] })
      }
    }
  }
}

/**
 * @param {import('../measure/targets.mjs').Target[]} targets
 * @param {NodeJS.ProcessEnv} env
 * @param {{ count: number, rounds: number }} amount
 */
async function listCosts(targets, env, { count, rounds }) {
  /** @type {import('../measure/targets.mjs').OpenTarget[]} */
  const open = []
  try {
    for (const target of targets) open.push(await openTarget(target, { ...env, ECHO_TOOLS: String(count / groups.length) }, { sockets: 1 }))
    const bytes = await inTurn(open, 1, async ({ session, target }) => {
      const list = await session.ask('tools/list')
      const listed = list.match(/"name":"echo/g)?.length ?? 0
      if (listed !== count) throw new Error(`${target.name} lists ${listed} of ${count} tools.`)
      return Buffer.byteLength(list)
    })
    const cpu = await inTurn(open, rounds, async ({ server, session }) => {
      const load = await measureLoad(server, () => session.ask('tools/list'), { calls: 20 })
      return load.cpu
    })
    return new Map(
      open.map((opened) => [opened.target, { cpu: Math.min(...(cpu.get(opened) ?? [])), bytes: bytes.get(opened)?.[0] ?? Number.NaN }]),
    )
  } finally {
    for (const opened of open) await opened.stop()
  }
}
