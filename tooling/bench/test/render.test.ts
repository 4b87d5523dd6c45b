import { describe, expect, test } from 'vitest'
import { number, renderTable } from '../render.mjs'
import { rowOf } from '../row.mjs'

const report = { node: '20.20.2', processors: 2, quick: false, skipped: [], failed: [] }

describe('the table', () => {
  test('has a line for each row under the name of its figure, with what it is compared with and whether it is met', () => {
    const reference = { reference: 'node -e 0', referenceValue: 16 }
    const rows = [
      rowOf('fault.end', { subject: 'docker', value: 5, judged: true }),
      rowOf('start.service', { subject: 'docker', value: 44, ...reference, judged: true }),
      rowOf('start.service', { subject: 'linux', value: 12.34, ...reference, judged: true }),
      rowOf('proxied.sixteen.peer', { subject: 'rackwarden', value: 12_345, reference: 'mcp-hub', referenceValue: 5000, judged: true }),
    ]
    expect(renderTable({ ...report, rows })).toMatchInlineSnapshot(`
      "                  value  against    its value  ratio    budget   horizon

      cold start of a service, to its tools
        docker        44.0 ms  node -e 0       16.0   2.75       ≤ 2       ≤ 1  OVER
        linux         12.3 ms  node -e 0       16.0   0.77       ≤ 2       ≤ 1  met, on the horizon

      proxied calls, sixteen at a time, beside the best peer over Streamable HTTP
        rackwarden  12,345 /s  mcp-hub        5,000   2.47     ≥ 1.5       ≥ 5  met

      process gone after its stdin closed
        docker        5.00 ms                               ≤ 200 ms  ≤ 100 ms  met, on the horizon

      3 of 4 budgets met, 1 over. Node 20.20.2, 2 processors; only ratios of one run count."
    `)
  })

  test('ends with what was skipped, and what could not be measured', () => {
    const skipped = [{ what: 'peers from npm', why: 'installed and measured with --peers' }]
    const failed = [{ what: 'calls', why: 'the floor does not echo' }]
    expect(renderTable({ ...report, quick: true, rows: [], skipped, failed })).toMatchInlineSnapshot(`
      "  value  against  its value  ratio  budget  horizon

      skipped  peers from npm: installed and measured with --peers
      FAILED   calls: the floor does not echo
      0 of 0 budgets met. Node 20.20.2, 2 processors, quick; only ratios of one run count."
    `)
  })
})

test('a number keeps three digits that count', () => {
  expect([0.1234, 9.876, 12.34, 123.4, 12_345.6, -1.5].map(number)).toEqual(['0.12', '9.88', '12.3', '123', '12,346', '-1.50'])
})
