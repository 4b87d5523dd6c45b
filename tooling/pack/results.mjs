import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Prints the outcome of one check and leaves it for whoever counts.
 * @param {string} name
 * @param {string[]} problems
 */
export function report(name, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${name}`)
  for (const problem of problems) console.log(problem.trim().replace(/^/gm, '        '))
  if (problems.length > 0) process.exitCode = 1
  const directory = process.env['RACKWARDEN_REPORTS']
  if (directory === undefined) return
  mkdirSync(directory, { recursive: true })
  appendFileSync(join(directory, 'checks.jsonl'), `${JSON.stringify({ name, status: problems.length === 0 ? 'passed' : 'failed' })}\n`)
}
