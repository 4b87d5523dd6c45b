import type { ErrorCode } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'

/** A failure as a caller sees it: no stack, no secret. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  hint?: string
}

/** A plan as a caller sees it, with the token that lets exactly this plan run. */
export interface PlanReport extends Plan {
  tool: string
  instances: readonly string[]
  confirm: string
  /** ISO 8601. */
  expires_at: string
}

/** What a call comes to. `text` is what a model reads: redacted, cleaned and within the budget. A plan is not an error. */
export type CallResult =
  | { kind: 'done'; text: string; output: unknown; change?: string; already?: true }
  | { kind: 'plan'; text: string; plan: PlanReport }
  | { kind: 'pending'; text: string; approval: string }
  | { kind: 'running'; text: string; operation: string }
  | { kind: 'error'; text: string; error: ErrorReport }
