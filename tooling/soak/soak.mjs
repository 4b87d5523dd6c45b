import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { toldTo } from '../bootstrap/program.mjs'
import { auditCheck, auditLines, memoryCheck, recordsCheck } from './checks.mjs'
import { clients } from './clients.mjs'
import { openDisk } from './disk.mjs'
import { faults } from './faults.mjs'
import { markedProcesses, markName, startHub } from './hub.mjs'
import { program, readOptions } from './options.mjs'
import { createRandom } from './random.mjs'
import { renderReport } from './render.mjs'
import { createTally } from './tally.mjs'
import { openTargets } from './targets.mjs'
import { keepWorking } from './work.mjs'

/** @typedef {import('./checks.mjs').Check} Check */

const upstream = fileURLToPath(new URL('upstream.mjs', import.meta.url))
const [sampleEveryMs, lastAnswersMs, lastWriteMs] = [5000, 75_000, 30_000]
const many = ['a session of 2025', 'requests of 2026']

const options = toldTo(program, (args) => readOptions(args, () => randomInt(1_000_000)))
try {
  process.exitCode = (await soak(options)) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}

/**
 * Runs the hub under load and faults; gives whether everything held.
 * @param {import('./options.mjs').Options} options
 */
async function soak({ minutes, seed, verbose }) {
  console.log(`Seed ${seed}; the same faults come again with --seed ${seed} --minutes ${minutes}.`)
  const mark = `${process.pid}-${seed}`
  const [disk, targets] = [await openDisk(), await openTargets()]
  const echo = { command: process.execPath, args: [upstream], env: { [markName]: mark } }
  const configuration = { tier: 'configure', services: targets.services, upstreams: { echo } }
  /** @type {import('./hub.mjs').Hub | undefined} */
  let hub
  const leave = () => hub?.kill()
  process.once('exit', leave)
  process.once('SIGINT', () => process.exit(130))
  try {
    hub = await startHub(disk, configuration, mark)
    const report = await underLoad({ hub, disk, targets, configuration, minutes, seed, verbose, mark })
    console.log(renderReport(report))
    return report.checks.every(({ holds }) => holds)
  } finally {
    if (hub?.isRunning() === true) hub.kill()
    await targets.close()
    await disk.close()
    process.off('exit', leave)
  }
}

/**
 * @typedef {object} Setup
 * @property {import('./hub.mjs').Hub} hub
 * @property {import('./disk.mjs').Disk} disk
 * @property {import('./targets.mjs').Targets} targets
 * @property {Record<string, unknown>} configuration
 * @property {number} minutes
 * @property {number} seed
 * @property {boolean} verbose
 * @property {string} mark
 */

/**
 * @param {Setup} setup
 * @returns {Promise<import('./render.mjs').Report>}
 */
async function underLoad({ hub, disk, targets, configuration, minutes, seed, verbose, mark }) {
  const tally = createTally()
  const random = createRandom(seed)
  const over = new AbortController()
  /** @type {import('./work.mjs').Writes} */
  const writes = { there: new Set(), unknown: new Set(), lastDone: 0 }
  const atRest = hub.descriptors()
  let tokens = 0
  /** @param {import('./work.mjs').Worker} worker */
  const renew = async (worker) => {
    tokens += 1
    const tokenName = `soak-${tokens}`
    worker.token = await again(() => hub.token(tokenName))
    worker.tokenName = tokenName
    worker.revokedAt = 0
    worker.mayBeRevoked = false
  }
  /** @type {import('./work.mjs').Worker[]} */
  const workers = []
  for (const [name, connect] of Object.entries(clients).flatMap((one) => (many.includes(one[0]) ? [one, one] : [one]))) {
    const worker = { name: `${workers.length + 1}, ${name}`, connect, token: '', tokenName: '', mayBeRevoked: false, revokedAt: 0, sent: 0 }
    await renew(worker)
    workers.push(worker)
  }
  const stage = { hub, disk, targets, workers, random, tally, guest: await hub.token('guest'), configuration, mark }
  const work = { url: hub.url, tally, random: createRandom(seed + 1), over: over.signal, renew, writes }
  const working = workers.map((worker) => keepWorking(worker, work))

  const end = Date.now() + minutes * 60_000
  const warm = Date.now() + Math.min(60_000, minutes * 12_000)
  /** @type {import('./hub.mjs').Memory[]} */
  const samples = []
  const sampling = (async () => {
    while (Date.now() < end && hub.isRunning()) {
      await pause(sampleEveryMs)
      if (Date.now() > warm && hub.isRunning()) samples.push(await hub.memory())
    }
  })()
  const happened = await faultsUntil(end, stage, verbose)
  await sampling

  const ended = Date.now()
  over.abort()
  const isAnswered = await Promise.race([Promise.all(working).then(() => true), pause(lastAnswersMs, false, { ref: false })])
  // Connections to targets are kept for a few seconds.
  await pause(7000)
  const metrics = hub.isRunning() ? await hub.metrics() : ''
  const left = hub.isRunning() ? hub.descriptors() : 0
  const wasRunning = hub.isRunning()
  const { code, milliseconds } = await hub.end()
  await pause(500)
  const orphans = markedProcesses(mark)
  const verified = await hub.command('audit', '--verify').then(
    ({ stdout }) => ({ holds: true, value: stdout.split('\n')[0] ?? '' }),
    (/** @type {{ stdout?: string, message: string }} */ error) => ({ holds: false, value: error.stdout?.trim() || error.message }),
  )
  const lost = Number(/^rackwarden_audit_lost_total (\d+)/m.exec(metrics)?.[1] ?? Number.NaN)
  const unforeseen = hub
    .said()
    .split('\n')
    .filter((line) => /unexpected/.test(line))
  const wrongs = tally.wrongs()
  /** @type {Check[]} */
  const checks = [
    { what: 'every answer is right, or a clear failure', value: `${wrongs.length} wrong`, holds: wrongs.length === 0, wrongs },
    { what: 'every call is answered', value: isAnswered ? 'all' : 'some never were', holds: isAnswered },
    memoryCheck(samples),
    { what: 'files and sockets given back', value: `${atRest} → ${left}`, holds: left <= atRest + 16 },
    { what: 'no line of the audit lost', value: `${lost} lost`, holds: lost === 0 },
    auditCheck(auditLines(disk.seenFromHere), tally),
    { what: 'the audit verifies', ...verified },
    recordsCheck(await targets.records(), writes),
    {
      what: 'writes go on to the end',
      value: `the last ${Math.round((ended - writes.lastDone) / 1000)} s before it`,
      holds: ended - writes.lastDone < lastWriteMs,
    },
    {
      what: 'the hub lives through it, and ends in order',
      value: `exit code ${code} in ${Math.round(milliseconds)} ms`,
      holds: wasRunning && code === 0,
    },
    { what: 'no orphaned process', value: `${orphans.length} left`, holds: orphans.length === 0, wrongs: orphans },
    {
      what: 'nothing unforeseen in the log',
      value: `${unforeseen.length} lines`,
      holds: unforeseen.length === 0,
      wrongs: unforeseen.slice(0, 5),
    },
  ]
  const skipped = disk.cannotBeFull === undefined ? [] : [`state directory full: ${disk.cannotBeFull}`]
  return { minutes, seed, happened, skipped, checks, kinds: tally.kinds(), quantile: tally.quantile }
}

/**
 * Lets one fault follow another, each as often as the others.
 * @param {number} end
 * @param {import('./faults.mjs').Stage} stage
 * @param {boolean} verbose
 */
async function faultsUntil(end, stage, verbose) {
  /** @type {Map<string, number>} */
  const happened = new Map()
  /** @type {(readonly [string, import('./faults.mjs').Fault])[]} */
  let deck = []
  while (Date.now() < end && stage.hub.isRunning()) {
    if (deck.length === 0) deck = stage.random.shuffled(Object.entries(faults))
    const [name, fault] = deck.pop() ?? ['', async () => undefined]
    if (verbose) console.log(`${new Date().toISOString()} ${name}`)
    await fault(stage)
    happened.set(name, (happened.get(name) ?? 0) + 1)
    await pause(1500 + stage.random.below(2000))
  }
  return happened
}

/**
 * A command is not served while the disk takes nothing; it is tried again.
 * @template T
 * @param {() => Promise<T>} work
 */
async function again(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 10) throw error
      await pause(1000)
    }
  }
}
