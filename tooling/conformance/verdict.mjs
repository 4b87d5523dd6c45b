/** @import { Outcome } from './suite.mjs' */

/**
 * @typedef {Record<string, string>} Baseline reasons by `scenario:check`, or by `kind/` for scenarios that are not run
 * @typedef {{ passed: number, failed: number, excused: number, others: string, problems: string[] }} Verdict
 */

/** What a check that could not be made, or only tells something, says is neither good nor bad. */
const good = ['SUCCESS']
const bad = ['FAILURE', 'WARNING']

/**
 * Whether a baseline says that a scenario is not run, and why.
 * @param {Baseline} baseline
 * @param {string} scenario
 */
export function leaves(baseline, scenario) {
  return Object.keys(baseline).some((line) => line.endsWith('/') && scenario.startsWith(line))
}

/**
 * Holds what the scenarios came to against the baseline. A line of it that excuses nothing is a problem of its own.
 * @param {Outcome[]} outcomes
 * @param {Baseline} baseline
 * @returns {Verdict}
 */
export function judge(outcomes, baseline) {
  const unused = new Set(Object.keys(baseline))
  const counts = { passed: 0, failed: 0, excused: 0 }
  /** @type {string[]} */
  const problems = []
  const required = outcomes.filter((outcome) => outcome.required)
  for (const { scenario, checks, left } of required) {
    for (const line of unused) if (left === true && line.endsWith('/') && scenario.startsWith(line)) unused.delete(line)
    if (left === true) {
      counts.excused += 1
      continue
    }
    const failing = checks.filter(({ status }) => bad.includes(status))
    for (const { id } of failing) unused.delete(`${scenario}:${id}`)
    const unexcused = failing.filter(({ id }) => baseline[`${scenario}:${id}`] === undefined)
    for (const { id, errorMessage = 'failed' } of unexcused) problems.push(`${scenario}:${id}: ${errorMessage}`)
    const empty = !checks.some(({ status }) => good.includes(status))
    if (empty && failing.length === 0) problems.push(`${scenario}: nothing was checked`)
    if (unexcused.length > 0 || (empty && failing.length === 0)) counts.failed += 1
    else if (failing.length > 0) counts.excused += 1
    else counts.passed += 1
  }
  for (const line of unused) problems.push(`${line}: passes, or is not checked; take it out of the baseline`)
  return { ...counts, others: othersOf(outcomes.filter((outcome) => !outcome.required && outcome.left !== true)), problems }
}

/** @param {Outcome[]} outcomes */
function othersOf(outcomes) {
  const passing = outcomes.filter(({ checks }) => !checks.some(({ status }) => bad.includes(status)))
  return `${passing.length} of ${outcomes.length}`
}
