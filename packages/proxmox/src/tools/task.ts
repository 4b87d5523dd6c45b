import { z } from 'zod'
import { endOf } from '../tasks.ts'
import { parseUpid } from '../upid.ts'
import { defineTool } from './define-tool.ts'

/** Tells how a task is doing, or how it ended. */
export const getTask = defineTool({
  name: 'get_task',
  title: 'Look at a task',
  description: 'How a task of the hypervisor (UPID: backup, migration, start) is doing or ended, with the end of its log.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({
    upid: z.string().describe('UPID.'),
    lines: z.number().int().min(1).max(500).optional().describe('Lines.'),
  }),
  output: z.object({
    state: z.string().describe('running, ok, warnings or failed.'),
    type: z.string().describe('Type.'),
    about: z.string().optional().describe('Guest, mostly.'),
    node: z.string().describe('Node it runs on.'),
    user: z.string().describe('Who began it.'),
    started_at: z.string().describe('Time.'),
    error: z.string().optional().describe('Why it failed, or how many warnings.'),
    log: z.array(z.string()).describe('End of its log.'),
  }),
  untrusted: true,
  keep: 'tail',
  text: ({ log, ...facts }) =>
    [...Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])), 'log:', ...log].join('\n'),
  async run({ upid, lines = 30 }, { client, signal }) {
    const { node, startedAt } = parseUpid(upid)
    const [status, log] = await Promise.all([client.tasks.status(upid, signal), client.tasks.log(upid, signal, 0, 5_000)])
    const isRunning = status.status !== 'stopped'
    const end = endOf(status.exitstatus)
    return {
      state: isRunning ? 'running' : end,
      type: status.type,
      about: status.id === '' ? undefined : status.id,
      node,
      user: status.user,
      started_at: new Date(startedAt * 1_000).toISOString().replace('.000', ''),
      error: isRunning || end === 'ok' ? undefined : status.exitstatus,
      log: log.slice(-lines),
    }
  },
})
