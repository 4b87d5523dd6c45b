import type { Plan } from '../define/plan.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** What is told of a request nobody decided. */
interface ExpiredRequest {
  id: string
  principal: string
  service: string
  instance: string
  name: string
  input: unknown
  plan: Plan
}

/** Records with nothing in them: that nobody decided is written down once, by whoever notices first. */
const directory = 'expirations'

/** Tells the audit of requests that passed undecided. */
export async function recordExpired({ store, audit }: Pick<Runtime, 'store' | 'audit'>, past: readonly ExpiredRequest[]): Promise<void> {
  const told = new Set(past.length === 0 ? [] : await store.list(directory))
  for (const { id, principal, service, instance, name, input, plan } of past) {
    if (told.has(`${id}.json`) || !(await store.create(`${directory}/${id}.json`, ''))) continue
    audit.record({
      call: id,
      kind: 'approval',
      principal,
      tool: name,
      service,
      instances: [instance],
      access: '',
      input,
      result: 'expired',
      summary: plan.summary,
      targets: plan.targets,
      approval: id,
    })
  }
}
