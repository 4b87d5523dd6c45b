import { ToolError } from '../define/error.ts'
import { orLog, type Call, type CallEntry } from './call.ts'
import type { SequencePlace } from './sequence-place.ts'
import type { PlannedStep } from './step.ts'
import type { PlanRecord } from './plan-store.ts'
import type { CallResult } from './result.ts'
import type { Watching } from './watching.ts'
import type { PlannedWayBack } from './way-back.ts'

/** A plan this process has claimed, and the parts it is about to do. */
export interface ClaimedWrite {
  confirm: string
  record: PlanRecord
  steps: readonly PlannedStep[]
  /** Mirrored instances that are left out. */
  absent: readonly string[]
  /** What is paused meanwhile. */
  watching: readonly Watching[]
  /** What is taken before it, to go back to. */
  waysBack: readonly PlannedWayBack[]
  /** Its place in a sequence: what it does then belongs to that group. */
  place: SequencePlace | undefined
  /** Who agreed. */
  approval: string
}

/** What came of a write. */
export interface Outcome {
  result: CallResult
  /** The change, or the group of the changes, where there is one. */
  change?: string | undefined
  /** False where it took effect and did not settle. */
  settled?: false
}

/** What every line of the audit says of a write. */
export type ToldWrite = CallEntry & { approval: string }

/** Writes down what came of a write; where the disk takes nothing, it waits with the reads until it does. */
export async function auditOutcome(call: Call, told: ToldWrite, came: { result?: string; error?: string; change?: string }): Promise<void> {
  const { runtime } = call.environment
  const outcome = { ...told, kind: 'outcome' as const, ...came, milliseconds: runtime.clock.now() - call.started }
  const audited = runtime.audit.commit(outcome).catch((error: unknown) => {
    runtime.audit.record(outcome)
    throw error
  })
  await orLog(call, 'The outcome could not be audited yet', audited)
}

/** A failure as an error of ours, whatever it was. */
export function asToolError(error: unknown): ToolError {
  return ToolError.isInstance(error) ? error : new ToolError('upstream', 'It failed unexpectedly.', { cause: error })
}
