import type { ApprovalRequests } from '../approve/approval-requests.ts'
import { createExec } from '../connect/exec.ts'
import { ToolError } from '../define/error.ts'
import { createAnchor, type Anchor } from '../record/audit-anchor.ts'
import type { AuditPolicy } from '../record/audit-policy.ts'
import { removeOldFiles } from '../record/audit-retention.ts'
import { createId } from '../record/journal.ts'
import type { Runtime } from './runtime.ts'

/** What a server looks after besides calls. */
export interface TendOptions {
  runtime: Runtime
  policy: AuditPolicy
  requests: Pick<ApprovalRequests, 'pending'>
}

const [anchorTimeoutMs, lastAnchorMs] = [30_000, 3_000] as const
const expiryEveryMs = 60_000
const retentionEveryMs = 6 * 60 * 60_000

/** Keeps heads elsewhere, removes what is past, and notices requests that nobody decided; the answer ends it. Holds no call up. */
export function tendAudit({ runtime, policy, requests }: TendOptions): () => Promise<void> {
  const { audit, clock, random, store, log, secrets } = runtime
  const { exec, close } = createExec({ timeoutMs: anchorTimeoutMs })
  const stops = new Set<() => void>()
  let ended = false

  const every = (milliseconds: number, work: () => Promise<unknown>, first = milliseconds): void => {
    const stop = clock.after(first, () => {
      stops.delete(stop)
      void work()
        .catch(() => undefined)
        .finally(() => {
          if (!ended) every(milliseconds, work)
        })
    })
    stops.add(stop)
  }

  const told = (what: 'anchor' | 'retention', failure: string, work: () => Promise<unknown>) => async () => {
    try {
      await work()
    } catch (thrown) {
      const reason = secrets.text(ToolError.isInstance(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown))
      log('warn', `${failure}: ${reason}`)
      const line = { principal: 'rackwarden', tool: what, service: 'rackwarden', instances: [], access: '', input: {} }
      audit.record({ ...line, call: createId(clock, random), kind: what, result: 'error', error: `${failure}: ${reason}` })
    }
  }

  const { anchor, retention } = policy
  const hand: Anchor | undefined = anchor === undefined ? undefined : createAnchor({ directory: store.directory, audit, anchor, exec })
  const handFailure = 'The heads of the audit could not be kept elsewhere'
  if (anchor !== undefined && hand !== undefined) every(anchor.everyMs, told('anchor', handFailure, hand), 0)
  if (retention !== undefined) {
    const remove = () => removeOldFiles({ directory: store.directory, audit, clock, retention, call: createId(clock, random) })
    every(retentionEveryMs, told('retention', 'Old files of the audit could not be removed', remove), 0)
  }
  every(expiryEveryMs, () => requests.pending())

  return async () => {
    ended = true
    for (const stop of stops) stop()
    if (hand !== undefined) await told('anchor', handFailure, () => hand(AbortSignal.timeout(lastAnchorMs)))()
    await close()
  }
}
