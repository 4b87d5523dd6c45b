import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { newerNode } from '../bootstrap/node-release.mjs'
import { runCommand } from '../pack/command.mjs'
import { installed } from './installed.mjs'

/** The revisions of the protocol that are held to what they required when they were released. */
export const revisions = ['2025-11-25', '2026-07-28']

/**
 * @typedef {{ id: string, status: string, errorMessage?: string }} Check
 * @typedef {{ scenario: string, required: boolean, checks: Check[] }} Outcome
 */

/**
 * Runs all a revision asks of a server, from what is installed, and gives what every scenario came to.
 * @param {string} url
 * @param {string} revision
 * @returns {Promise<Outcome[]>}
 */
export async function runSuite(url, revision) {
  const results = mkdtempSync(join(tmpdir(), 'rackwarden-conformance-'))
  const program = installed('@modelcontextprotocol/conformance/dist/index.js')
  try {
    const args = [program, 'server', '--url', url, '--requirements', revision, '--output-dir', results]
    const { output } = await runCommand(await newerNode(), args, { cwd: results, env: { PATH: process.env['PATH'], HOME: results } })
    const { server, not_scored: others } = requirementsOf(revision)
    const outcomes = [...server.map((scenario) => ({ scenario, required: true })), ...others].map(({ scenario, required }) => ({
      scenario,
      required,
      checks: checksOf(results, scenario),
    }))
    if (outcomes.every(({ checks }) => checks.length === 0)) throw new Error(`The suite did not run:\n${output}`)
    return outcomes
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
}

/**
 * @param {string} revision
 * @returns {{ server: string[], not_scored: { scenario: string, required: false }[] }}
 */
function requirementsOf(revision) {
  const file = installed(`@modelcontextprotocol/conformance/requirements/${revision}.yaml`)
  /** @type {{ server: string[], not_scored: { scenario: string, leg: string }[] }} */
  const { server, not_scored: others } = parse(readFileSync(file, 'utf8'))
  return { server, not_scored: others.filter(({ leg }) => leg === 'server').map(({ scenario }) => ({ scenario, required: false })) }
}

/**
 * @param {string} results
 * @param {string} scenario
 * @returns {Check[]}
 */
function checksOf(results, scenario) {
  // A directory is named after the scenario and the time: what follows the name begins with the year.
  const directory = readdirSync(results).find(
    (name) => name.startsWith(`server-${scenario}-2`) && /^\d{4}-\d\d-\d\dT/.test(name.slice(scenario.length + 8)),
  )
  return directory === undefined ? [] : JSON.parse(readFileSync(join(results, directory, 'checks.json'), 'utf8'))
}
