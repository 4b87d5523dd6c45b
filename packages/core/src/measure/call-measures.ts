import type { AuditEntry } from '../record/audit.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Measure } from './measures.ts'
import { createSpreadTally, createTally } from './tally.ts'

/** Upper bounds of how long calls take, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Principals told apart; what comes beyond is counted together. */
const mostPrincipals = 200

/** Counts what is audited from here on: what is counted and what is written down is the same. The answer ends it. */
export function measureCalls({ audit, measures }: Pick<Runtime, 'audit' | 'measures'>): () => void {
  const [calls, principals, writes, approvals] = [createTally(), createTally(), createTally(), createTally()]
  const durations = createSpreadTally(bounds)
  const known = new Set<string>()
  // A series that begins with its first event hides that event from whoever watches how it grows.
  for (const result of ['requested', 'approved', 'rejected', 'expired']) approvals.add({ result }, 0)

  function principalOf({ principal }: AuditEntry): string {
    if (known.size < mostPrincipals) known.add(principal)
    return known.has(principal) ? principal : 'other'
  }

  function count(entry: AuditEntry): void {
    const { kind, service, access, times = 1, milliseconds, approval } = entry
    const result = (entry.result ?? '').replaceAll(' ', '_')
    const code = codeOf(entry)
    if (kind === 'approval') approvals.add({ result })
    const isPending = kind === 'approval' && result === 'requested'
    if (kind !== 'read' && kind !== 'outcome' && !isPending) return
    // A name nobody knows was made up by whoever called it.
    const tool = service === '' ? '' : entry.tool
    calls.add({ service, tool, access, result: isPending ? 'pending' : result, code }, times)
    principals.add({ principal: principalOf(entry), result: result === 'error' ? 'error' : 'ok' }, times)
    if (kind === 'outcome') writes.add({ service, access, approval: (approval ?? '').replace(/:.*$/s, ''), result })
    if (milliseconds !== undefined) durations.add({ service, access }, milliseconds / 1_000)
  }

  const stops = [
    audit.watch(count),
    measures.add((): Measure[] => [
      { kind: 'counter', name: 'rackwarden_calls_total', help: 'Calls by what came of them.', readings: calls.readings() },
      { kind: 'histogram', name: 'rackwarden_call_duration_seconds', help: 'How long calls took.', bounds, spreads: durations.spreads() },
      { kind: 'counter', name: 'rackwarden_principal_calls_total', help: 'Calls by who made them.', readings: principals.readings() },
      { kind: 'counter', name: 'rackwarden_writes_total', help: 'Writes that ran, by who agreed.', readings: writes.readings() },
      {
        kind: 'counter',
        name: 'rackwarden_approvals_total',
        help: 'What became of requests for approval here.',
        readings: approvals.readings(),
      },
      ...auditMeasures(audit.health()),
    ]),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function auditMeasures({ lines, lost, isFailing }: ReturnType<Runtime['audit']['health']>): Measure[] {
  const one = (value: number) => [{ labels: {}, value }]
  return [
    { kind: 'counter', name: 'rackwarden_audit_lines_total', help: 'Lines of the audit that were written.', readings: one(lines) },
    { kind: 'counter', name: 'rackwarden_audit_lost_total', help: 'Lines of reads the disk took too late.', readings: one(lost) },
    { kind: 'gauge', name: 'rackwarden_audit_failing', help: '1 while the audit cannot be written.', readings: one(isFailing ? 1 : 0) },
  ]
}

/** The code an error begins with. */
function codeOf({ result, error = '' }: AuditEntry): string {
  return result === 'error' ? (/^[a-z_]+(?=: )/.exec(error)?.[0] ?? 'upstream') : ''
}
