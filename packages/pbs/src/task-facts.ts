import { ToolError } from '@rackwarden/core'
import type { Task } from './backup-schema.ts'
import { endOf } from './tasks.ts'
import { readUpid } from './upid.ts'

/** How a task ended, or that it did not yet. */
export function stateOf({ endtime, status }: Pick<Task, 'endtime' | 'status'>): 'running' | 'failed' | 'warnings' | 'ok' {
  if (endtime === undefined || endtime === null) return 'running'
  const { error, warnings } = endOf(status ?? 'unknown')
  return error !== undefined ? 'failed' : warnings > 0 ? 'warnings' : 'ok'
}

/** Task ids of another form are other servers' and other products'. */
export function requireTask(task: string): void {
  if (readUpid(task) === undefined)
    throw new ToolError('invalid_input', 'That is no task id of Proxmox Backup Server.', {
      hint: 'Give it whole, from UPID: to the last colon, as list_tasks tells it; those of Proxmox VE have a field less.',
    })
}

/** Tasks that failed and were not done well since, each job once: what ran again and succeeded is wrong no more. */
export function failuresLeft(tasks: readonly Task[]): { task: Task; times: number }[] {
  const latest = new Map<string, { task: Task; times: number; isMended: boolean }>()
  for (const task of tasks.toSorted((first, second) => second.starttime - first.starttime)) {
    const state = stateOf(task)
    // Somebody ended it.
    if (state === 'running' || task.status === 'aborted by user' || task.status === 'received abort request') continue
    const key = `${task.worker_type} ${task.worker_id ?? ''}`
    const known = latest.get(key)
    if (known === undefined) latest.set(key, { task, times: state === 'failed' ? 1 : 0, isMended: state !== 'failed' })
    else if (state === 'failed' && !known.isMended) known.times += 1
  }
  return [...latest.values()].filter(({ isMended }) => !isMended).map(({ task, times }) => ({ task, times }))
}
