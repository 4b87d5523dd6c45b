import type { ApprovalRequests } from '../approve/approval-requests.ts'
import type { Operations } from '../call/operations.ts'
import type { Journal } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** What the tools over all services are given instead of a client: the part of the lab their caller may see. */
export interface Lab {
  readonly mounts: readonly Mount[]
  readonly runtime: Runtime
  readonly operations: Operations
  readonly journal: Journal
  readonly requests: ApprovalRequests
  readonly principal: string
}
