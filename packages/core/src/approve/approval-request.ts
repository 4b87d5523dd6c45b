import type { Plan } from '../define/plan.ts'
import type { AuditEntry } from '../record/audit-line.ts'

/** What a person is asked to agree to: one plan, as it was made. */
export interface ApprovalRequest {
  id: string
  /** ISO 8601. */
  at: string
  /** ISO 8601; undecided until then, it is void. */
  expires_at: string
  principal: string
  service: string
  instance: string
  /** Unprefixed. */
  tool: string
  /** As it was called. */
  name: string
  /** Already redacted. */
  input: unknown
  plan: Plan
  /** What the person must type to agree, where the write cannot be taken back. */
  typed?: string
  /** Hash of the whole plan record this is about, its token included. */
  digest: string
}

/** Carries word of a request to its owner. Where the client shows them a form meanwhile, it can wait a moment. */
export type Announce = (request: ApprovalRequest, meanwhile?: { formIsShown: boolean }) => void

/** What every line of the audit about a request says of it; who did what stands beside. */
export function requestEntry({ id, principal, name, service, instance, plan }: ApprovalRequest) {
  return {
    call: id,
    kind: 'approval',
    principal,
    tool: name,
    service,
    instances: [instance],
    access: '',
    summary: plan.summary,
  } satisfies Partial<AuditEntry>
}
