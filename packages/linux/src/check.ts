import type { Finding, Severity } from '@rackwarden/core'
import type { Verdict } from './verdict.ts'

/** The parts of a check of a host. */
export type CheckSection = 'node' | 'storage' | 'units' | 'updates'

/** What one probe came to; where it is bad, the finding that says so. */
export interface Check {
  section: CheckSection
  probe: string
  verdict: Verdict
  evidence: string
  finding?: Finding
}

/** What makes a finding of a probe. */
export interface Trouble {
  target: string
  /** Of several troubles of one target, which. */
  id: string
  title: string
  evidence?: string
  /** Where the verdict alone would say otherwise. */
  severity?: Severity
  stake?: Finding['stake']
  cause?: string | undefined
  since?: string | undefined
  next: NonNullable<Finding['next']>
}

/** A check with its finding, where the verdict is bad. */
export function checkOf(check: Omit<Check, 'finding'>, trouble?: () => Trouble): Check {
  if (trouble === undefined || (check.verdict !== 'warn' && check.verdict !== 'crit')) return check
  const {
    id,
    evidence = check.evidence,
    severity = check.verdict === 'crit' ? 'critical' : 'warning',
    stake,
    cause,
    since,
    ...rest
  } = trouble()
  return {
    ...check,
    finding: {
      ...rest,
      id: `${rest.target}#${id}`,
      severity,
      evidence,
      ...(stake === undefined ? {} : { stake }),
      ...(cause === undefined ? {} : { cause }),
      ...(since === undefined ? {} : { since }),
    },
  }
}
