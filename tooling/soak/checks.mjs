import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ what: string, value: string, holds: boolean, wrongs?: readonly string[] }} Check */

/** What the heap may grow by while the same is done again and again. */
const allowed = { megabytes: 3, share: 0.05 }

/**
 * Whether memory stays flat once everything was done for the first time: the middle of the first samples beside that of the last.
 * @param {readonly import('./hub.mjs').Memory[]} samples
 * @returns {Check}
 */
export function memoryCheck(samples) {
  const part = Math.max(1, Math.floor(samples.length / 4))
  const heaps = samples.map(({ heap }) => heap / 1_048_576)
  const [before, after] = [median(heaps.slice(0, part)), median(heaps.slice(-part))]
  const residents = samples.map(({ resident }) => Math.round(resident / 1_048_576))
  const value = `${before.toFixed(1)} → ${after.toFixed(1)} MB in ${samples.length} samples; resident ${residents[0] ?? 0} → ${residents.at(-1) ?? 0} MB`
  return {
    what: 'heap flat after warm-up',
    value,
    holds: samples.length >= 4 && after - before <= Math.max(allowed.megabytes, before * allowed.share),
  }
}

/** @param {readonly number[]} values */
export function median(values) {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? Number.NaN
}

/**
 * @typedef {object} AuditLine As far as it is looked at.
 * @property {string} kind
 * @property {string} [principal]
 * @property {string} [result]
 * @property {string} [error]
 * @property {number} [times]
 * @property {{ container?: unknown }} [input]
 */

/**
 * Every line of every file of an audit.
 * @param {string} directory
 * @returns {AuditLine[]}
 */
export function auditLines(directory) {
  const folder = join(directory, 'audit')
  return (
    readdirSync(folder)
      .filter((file) => file.endsWith('.jsonl'))
      // What stands behind the last line break broke off as the disk was full; it stands whole in the next file.
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line))
  )
}

/**
 * Whether each call that was answered has its line.
 * @param {readonly AuditLine[]} lines
 * @param {import('./tally.mjs').Tally} tally
 * @returns {Check}
 */
export function auditCheck(lines, tally) {
  const words = new Set(lines.map(({ input }) => input?.container))
  const missing = tally.words().filter((word) => !words.has(word))
  /** @type {Map<string, { calls: number, limited: number }>} */
  const written = new Map()
  for (const { kind, principal = '', result, error = '', times = 1 } of lines) {
    const isCall = kind === 'read' || kind === 'outcome' || (kind === 'approval' && result === 'requested')
    if (!isCall) continue
    const counted = written.get(principal) ?? { calls: 0, limited: 0 }
    written.set(principal, counted)
    if (error.startsWith('rate_limited: token:')) counted.limited += times
    else counted.calls += times
  }
  const wrongs = missing.slice(0, 5).map((word) => `no line for the call about ${word}`)
  let calls = 0
  for (const [principal, answered] of tally.principals()) {
    const { calls: own, limited } = written.get(principal) ?? { calls: 0, limited: 0 }
    calls += answered.calls + answered.limited
    if (own < answered.calls) wrongs.push(`${principal}: ${answered.calls} calls were answered, ${own} are in the audit`)
    if (limited < answered.limited) wrongs.push(`${principal}: ${answered.limited} calls were limited, ${limited} are in the audit`)
  }
  return { what: 'each answered call has its line', value: `${calls} answered, ${lines.length} lines`, holds: wrongs.length === 0, wrongs }
}

/**
 * Whether the Pi-holes hold what was written, and nothing else.
 * @param {Record<string, unknown>} records
 * @param {import('./work.mjs').Writes} writes
 * @returns {Check}
 */
export function recordsCheck(records, { there, unknown }) {
  const wrongs = Object.entries(records).flatMap(([instance, held]) => {
    const names = new Set(JSON.stringify(held).match(/soak-[a-z0-9-]+\.soak\.lan/g))
    const lost = [...there].filter((name) => !names.has(name) && !unknown.has(name))
    const more = [...names].filter((name) => !there.has(name) && !unknown.has(name))
    return [...lost.map((name) => `${instance} lacks ${name}`), ...more.map((name) => `${instance} still has ${name}`)]
  })
  const value = `${there.size} left by faults, ${unknown.size} not known`
  return { what: 'what was written is there, and nothing else', value, holds: wrongs.length === 0, wrongs: wrongs.slice(0, 5) }
}
