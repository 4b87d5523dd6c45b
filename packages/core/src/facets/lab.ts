import type { ApprovalRequests } from '../approve/approval-requests.ts'
import type { Exposure } from '../call/exposure.ts'
import type { Operations } from '../call/operations.ts'
import type { Tier } from '../define/access.ts'
import type { Passages } from '../knowledge/passage.ts'
import type { BegunWrites } from '../record/begun-writes.ts'
import type { Journal } from '../record/journal.ts'
import type { Pauses } from '../record/pauses.ts'
import type { Sequences } from '../record/sequences.ts'
import type { PartialWrites } from '../record/partial-writes.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Directory } from '../search/directory.ts'

/** What the tools over all services are given instead of a client: the part of the lab their caller may see. */
export interface Lab {
  readonly mounts: readonly Mount[]
  /** Whether its caller sees all of it: what concerns no service is shown to nobody else. */
  readonly isWhole: boolean
  readonly runtime: Runtime
  readonly operations: Operations
  readonly journal: Journal
  readonly partialWrites: PartialWrites
  readonly pauses: Pauses
  readonly begun: BegunWrites
  readonly sequences: Sequences
  readonly requests: ApprovalRequests
  readonly principal: string
  /** The highest access of its caller here. */
  readonly tier: Tier
  /** What was written down about the lab. */
  readonly passages: Passages
  /** The tools its caller may find. */
  readonly directory: Directory
  /** How much is listed to its caller, and what stands before the names of the tools over all services. */
  readonly exposure: Exposure
  readonly prefix: string
}

/** Whether what concerns a service is for the caller to see. */
export function sees({ isWhole, mounts }: Lab, service: string): boolean {
  return isWhole || mounts.some((mount) => mount.service === service)
}
