import type { ErrorCode } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import type { Content } from './content.ts'
import type { Questions } from './questions.ts'

/** A failure as a caller sees it: no stack, no secret. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  hint?: string
  /** Seconds after which the same call may succeed. */
  retry_after_seconds?: number
}

/** A plan as a caller sees it, with the token that lets exactly this plan run. */
export interface PlanReport extends Plan {
  tool: string
  instances: readonly string[]
  confirm: string
  /** ISO 8601. */
  expires_at: string
}

/**
 * What a call comes to. `text` is what a model reads: redacted, cleaned and within the budget. A plan is not an error.
 * `content` stands in place of the text where that is not all: an image, or whatever a foreign tool answered.
 */
export type CallResult =
  | { kind: 'done'; text: string; output: unknown; change?: string; already?: true; content?: readonly Content[] }
  | { kind: 'plan'; text: string; plan: PlanReport }
  | { kind: 'pending'; text: string; approval?: string; plan?: PlanReport; questions?: Questions }
  | { kind: 'running'; text: string; operation: string }
  | { kind: 'error'; text: string; error: ErrorReport; content?: readonly Content[] }
