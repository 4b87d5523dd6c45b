// Sums vitest's JSON reports and the recorded checks of a directory into the closing line of a CI run.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [directory = '.', ...expected] = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }

for (const name of expected) {
  const file = join(directory, `${name}.json`)
  if (!existsSync(file)) {
    console.log(`The ${name} tests left no report.`)
    total.failed += 1
    continue
  }
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // A file that fails before its first test counts as one failure.
  const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests + broken.length
  total.skipped += report.numPendingTests + report.numTodoTests
}

const checks = join(directory, 'checks.jsonl')
for (const line of existsSync(checks) ? readFileSync(checks, 'utf8').split('\n').filter(Boolean) : []) {
  /** @type {{ status: 'passed' | 'failed' }} */
  const { status } = JSON.parse(line)
  total[status] += 1
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
