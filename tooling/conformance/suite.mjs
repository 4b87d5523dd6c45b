import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { newerNode } from '../bootstrap/node-release.mjs'
import { runCommand } from '../pack/command.mjs'
import { installed } from './installed.mjs'

/** The revisions of the protocol that are held to what they required when they were released. */
export const revisions = ['2025-11-25', '2026-07-28']

/**
 * @typedef {{ id: string, status: string, errorMessage?: string }} Check
 * @typedef {{ scenario: string, required: boolean, checks: Check[], left?: boolean }} Outcome
 */

/** Scenarios of a client at once: each is a hub, a client and a server. */
const clientsAtOnce = 2

/**
 * Runs all a revision asks of a server, from what is installed, and gives what every scenario came to.
 * @param {string} url
 * @param {string} revision
 * @returns {Promise<Outcome[]>}
 */
export function runServerSuite(url, revision) {
  return within(async (results) => {
    const output = await conformance(results, ['server', '--url', url, '--requirements', revision])
    return outcomesOf('server', revision, (scenario) => checksOf(results, `server-${scenario}`), output)
  })
}

/**
 * Runs what a revision asks of a client, each scenario with the address of its server behind the command.
 * @param {string} command
 * @param {string} revision
 * @param {(scenario: string) => boolean} isLeft whether a scenario is not run
 * @returns {Promise<Outcome[]>}
 */
export function runClientSuite(command, revision, isLeft) {
  return within(async (results) => {
    const waiting = scenariosOf('client', revision).filter(({ scenario }) => !isLeft(scenario))
    const output = ['']
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        output.push(await conformance(results, ['client', '--command', command, '--scenario', next.scenario, '--spec-version', revision]))
    }
    await Promise.all(Array.from({ length: clientsAtOnce }, work))
    const outcomes = outcomesOf('client', revision, (scenario) => checksOf(results, scenario), output.join('\n'))
    return outcomes.map((outcome) => (isLeft(outcome.scenario) ? { ...outcome, left: true } : outcome))
  })
}

/**
 * @template Result
 * @param {(results: string) => Promise<Result>} work
 */
async function within(work) {
  const results = mkdtempSync(join(tmpdir(), 'rackwarden-conformance-'))
  try {
    return await work(results)
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
}

/**
 * @param {string} results
 * @param {string[]} args
 */
async function conformance(results, args) {
  const program = installed('@modelcontextprotocol/conformance/dist/index.js')
  const env = { PATH: process.env['PATH'], HOME: results }
  return (await runCommand(await newerNode(), [program, ...args, '--output-dir', results], { cwd: results, env })).output
}

/**
 * @param {'server' | 'client'} leg
 * @param {string} revision
 * @param {(scenario: string) => Check[]} checksIn
 * @param {string} output
 * @returns {Outcome[]}
 */
function outcomesOf(leg, revision, checksIn, output) {
  const outcomes = scenariosOf(leg, revision).map((listed) => ({ ...listed, checks: checksIn(listed.scenario) }))
  if (outcomes.every(({ checks }) => checks.length === 0)) throw new Error(`The suite did not run:\n${output}`)
  return outcomes
}

/**
 * @param {'server' | 'client'} leg
 * @param {string} revision
 * @returns {{ scenario: string, required: boolean }[]}
 */
function scenariosOf(leg, revision) {
  const file = installed(`@modelcontextprotocol/conformance/requirements/${revision}.yaml`)
  /** @type {Record<'server' | 'client', string[]> & { not_scored: { scenario: string, leg: string }[] }} */
  const { not_scored: others, ...required } = parse(readFileSync(file, 'utf8'))
  return [
    ...required[leg].map((scenario) => ({ scenario, required: true })),
    ...others.filter((other) => other.leg === leg).map(({ scenario }) => ({ scenario, required: false })),
  ]
}

/**
 * A directory is named after the scenario and the time: what follows the name begins with the year.
 * @param {string} results
 * @param {string} name
 * @returns {Check[]}
 */
function checksOf(results, name) {
  const parent = dirname(join(results, name))
  if (!existsSync(parent)) return []
  const directory = readdirSync(parent).find(
    (found) => found.startsWith(`${basename(name)}-2`) && /^\d{4}-\d\d-\d\dT/.test(found.slice(basename(name).length + 1)),
  )
  return directory === undefined ? [] : JSON.parse(readFileSync(join(parent, directory, 'checks.json'), 'utf8'))
}
