import type { FacetContext, TaskState } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import { endOf } from './tasks.ts'

/** How a task stands, by its id; asked where whoever began it is gone. */
export async function task(client: ProxmoxClient, upid: string, { signal }: FacetContext): Promise<TaskState> {
  const { status, exitstatus } = await client.tasks.status(upid, signal)
  if (status !== 'stopped') return { status: 'running', said: upid }
  return { status: endOf(exitstatus) === 'failed' ? 'failed' : 'done', said: `${upid} ended: ${exitstatus ?? 'OK'}` }
}
