import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, test } from 'vitest'

const program = fileURLToPath(new URL('../sum.mjs', import.meta.url))

describe('the closing line of a CI run', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rackwarden-sum-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  function sum(...reports: string[]): { line: string | undefined; status: number | null } {
    const { stdout, status } = spawnSync(process.execPath, [program, directory, ...reports], { encoding: 'utf8' })
    return { line: stdout.trim().split('\n').at(-1), status }
  }

  function writeReport(
    name: string,
    counts: { numPassedTests: number; numFailedTests: number; numPendingTests: number },
    broken = 0,
  ): void {
    const testResults = Array.from({ length: broken }, () => ({ status: 'failed', assertionResults: [] }))
    writeFileSync(join(directory, `${name}.json`), JSON.stringify({ ...counts, numTodoTests: 0, testResults }))
  }

  test('adds reports and checks', ({ expect }) => {
    writeReport('unit', { numPassedTests: 10, numFailedTests: 0, numPendingTests: 1 })
    writeReport('real', { numPassedTests: 3, numFailedTests: 0, numPendingTests: 2 })
    writeFileSync(join(directory, 'checks.jsonl'), '{"name":"lint","status":"passed"}\n{"name":"format","status":"passed"}\n')
    expect(sum('unit', 'real')).toEqual({ line: '15 passed, 0 failed, 3 skipped', status: 0 })
  })

  test('fails for a failed test, a file that does not load, a failed check and a report that is missing', ({ expect }) => {
    writeReport('unit', { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0 }, 1)
    writeFileSync(join(directory, 'checks.jsonl'), '{"name":"lint","status":"failed"}\n')
    expect(sum('unit', 'real')).toEqual({ line: '1 passed, 4 failed, 0 skipped', status: 1 })
  })
})
