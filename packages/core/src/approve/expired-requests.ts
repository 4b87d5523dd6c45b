import type { Runtime } from '../runtime/runtime.ts'
import { requestEntry, type ApprovalRequest } from './approval-request.ts'

/** Records with nothing in them: that nobody decided is written down once, by whoever notices first. */
const directory = 'expirations'

/** Tells the audit of requests that passed undecided. */
export async function recordExpired({ store, audit }: Pick<Runtime, 'store' | 'audit'>, past: readonly ApprovalRequest[]): Promise<void> {
  const told = new Set(past.length === 0 ? [] : await store.list(directory))
  for (const request of past) {
    const { id, input, plan } = request
    if (told.has(`${id}.json`) || !(await store.create(`${directory}/${id}.json`, ''))) continue
    audit.record({ ...requestEntry(request), input, result: 'expired', targets: plan.targets, approval: id })
  }
}
