import { setTimeout as pause } from 'node:timers/promises'
import { bins, serverFile } from '../measure/bench-environment.mjs'
import { inTurn, median, measureLoad } from '../measure/load.mjs'
import { askOverStdio } from '../measure/stdio-start.mjs'
import { stdioPeers } from '../measure/stdio-peers.mjs'
import { floor, hub, openTarget, sdk } from '../measure/targets.mjs'

const idleMs = 500
const sessions = 80

/**
 * What a program holds when it is idle, of each session, and of each call.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureMemory(bench) {
  await bench.attempt('idle memory', () => idle(bench))
  await bench.attempt('heap of sessions and calls', () => heaps(bench))
}

/** @param {import('../bench.mjs').Bench} bench */
async function idle({ add, env, peers, quick }) {
  const reference = { name: 'SDK v2, not bundled', args: [serverFile('sdk-v2-stdio.mjs')], env: {} }
  const least = { name: 'floor, one file', args: [serverFile('floor-stdio.mjs')], env: {} }
  const own = Object.entries(bins).map(([name, bin]) => ({ name, args: [bin], env: {} }))
  const others = stdioPeers(peers)
  const measured = await inTurn(
    [reference, least, ...own, ...others],
    quick ? 1 : 3,
    async (program) => (await askOverStdio(program.args, { ...env, ...program.env }, { idleMs })).residentMegabytes,
  )
  const held = (/** @type {typeof reference} */ program) => median(measured.get(program) ?? [])
  for (const program of own) {
    const figure = program.name === 'hub' ? 'memory.idle.hub' : 'memory.idle.service'
    add(figure, { subject: program.name, value: held(program), reference: reference.name, referenceValue: held(reference) })
  }
  for (const program of [least, ...others])
    add('memory.idle.service', { subject: program.name, value: held(program), reference: reference.name, referenceValue: held(reference) })
}

/** @param {import('../bench.mjs').Bench} bench */
async function heaps({ add, env, quick }) {
  const amount = quick
    ? { calls: 3000, warmingCalls: 2000, rounds: 2, settleMs: 500 }
    : { calls: 40_000, warmingCalls: 10_000, rounds: 40, settleMs: 1500 }
  const own = await heapOf(hub, env, amount)
  const other = await heapOf(sdk, env, amount)
  // Has neither sessions nor anything else to keep: what is Node's own.
  const least = await heapOf(floor, env, amount)
  for (const [figure, kind] of /** @type {const} */ ([
    ['memory.session.open', 'open'],
    ['memory.session.kept', 'kept'],
    ['memory.call.kept', 'call'],
  ])) {
    add(figure, { subject: hub.name, value: own[kind], reference: sdk.name, referenceValue: other[kind], judged: true })
    add(figure, { subject: hub.name, value: own[kind], reference: floor.name, referenceValue: least[kind] })
  }
}

/**
 * @param {import('../measure/targets.mjs').Target} target
 * @param {NodeJS.ProcessEnv} env
 * @param {{ calls: number, warmingCalls: number, rounds: number, settleMs: number }} amount
 */
async function heapOf(target, env, { calls, warmingCalls, rounds, settleMs }) {
  const opened = await openTarget(target, env, { heap: true })
  const { server, call } = opened
  const heap = async () => {
    // What was answered is still being written into the audit.
    await pause(settleMs)
    return server.heap()
  }
  try {
    // Code that runs for the first time stays on the heap, whoever it ran for.
    for (let round = 0; round < rounds / 2; round += 1) await withSessions(target, server.url, server.heap)
    const before = await heap()
    const held = await withSessions(target, server.url, heap)
    for (let round = 1; round < rounds; round += 1) await withSessions(target, server.url, server.heap)
    const after = await heap()
    await measureLoad(server, call, { calls: warmingCalls, atOnce: 16 })
    const warm = await heap()
    await measureLoad(server, call, { calls, atOnce: 16 })
    const end = await heap()
    return {
      open: (held - before) / sessions / 1024,
      kept: (after - before) / sessions / rounds / 1024,
      call: (end - warm) / calls,
    }
  } finally {
    await opened.stop()
  }
}

/**
 * @template Held
 * @param {import('../measure/targets.mjs').Target} target
 * @param {string} url
 * @param {() => Promise<Held>} meanwhile
 */
async function withSessions(target, url, meanwhile) {
  const open = []
  for (let index = 0; index < sessions; index += 1) {
    const session = await target.open(url)
    await session.ask('tools/list')
    open.push(session)
  }
  const held = await meanwhile()
  for (const session of open) await session.end()
  return held
}
