import type { FacetContext, TaskState } from '@rackwarden/core'
import type { PbsClient } from './client.ts'
import { endOf } from './tasks.ts'

/** How a task stands, by its id; asked where whoever began it is gone. */
export async function task(client: PbsClient, upid: string, { signal }: FacetContext): Promise<TaskState> {
  const { status, exitstatus } = await client.taskStatus(upid, signal)
  if (status === 'running') return { status, said: upid }
  return {
    status: endOf(exitstatus ?? 'unknown').error === undefined ? 'done' : 'failed',
    said: `${upid} ended: ${exitstatus ?? 'unknown'}`,
  }
}
