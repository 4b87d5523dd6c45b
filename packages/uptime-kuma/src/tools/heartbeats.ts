import { page, paging, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { findMonitor } from '../find-monitor.ts'
import { defineTool, monitorInput, nextCursor } from './define-tool.ts'

const states = ['down', 'up', 'pending', 'maintenance']

/** Lists checks of a monitor. */
export const listHeartbeats = defineTool({
  name: 'list_heartbeats',
  title: 'List checks of a monitor',
  description: 'Latest checks of a monitor (100 at most), newest first: state, response time, message.',
  access: 'observe',
  toolset: 'monitors',
  input: z.object({ monitor: monitorInput, ...paging }),
  output: z.object({
    checks: z.array(
      z.object({
        time: z.string().describe('When.'),
        state: z.string().describe('State.'),
        ping_ms: z.number().optional().describe('Response time.'),
        message: z.string().optional().describe('What it said.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ monitor: reference, ...window }, { client, signal }) {
    const monitor = findMonitor(await client.monitors(signal), reference)
    const { beats } = client.picture.recordOf(monitor.id)
    if (beats.length === 0)
      throw new ToolError('not_found', `No check of ${monitor.name} is known.`, {
        hint: monitor.active ? 'It was not checked yet.' : 'It is paused; resume_monitor has it checked again.',
      })
    const { rows, ...rest } = page(beats.toReversed(), window)
    return {
      checks: rows.map(({ time, status, ping, msg }) => ({
        time,
        state: states[status] ?? String(status),
        ping_ms: ping ?? undefined,
        message: msg || undefined,
      })),
      ...rest,
    }
  },
})
