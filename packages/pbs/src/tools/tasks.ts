import { momentBefore, page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { timeText } from '../addresses.ts'
import type { Task } from '../backup-schema.ts'
import { requireTask, stateOf } from '../task-facts.ts'
import { endOf } from '../tasks.ts'
import { readUpid } from '../upid.ts'
import { defineTool } from './define-tool.ts'

const order = ['failed', 'warnings', 'running', 'ok'] as const
// A server that syncs every minute has many.
const mostTasks = 5_000

/** Lists tasks, failed ones first. */
export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description: 'Tasks of the backup server (backup, verify, prune, sync, garbage collection), failed ones first.',
  access: 'observe',
  input: z.object({
    since: z.string().default('24h').describe('24h, 7d, or ISO 8601.'),
    state: z.enum(order).optional().describe('Only these.'),
    text: z.string().optional().describe('In type or subject.'),
    ...paging,
  }),
  output: z.object({
    tasks: z.array(
      z.object({
        state: z.string().describe('State.'),
        type: z.string().describe('Type.'),
        on: z.string().optional().describe('What it works on.'),
        started: z.string().describe('When.'),
        seconds: z.number().optional().describe('How long it took.'),
        user: z.string().describe('Who began it.'),
        result: z.string().optional().describe('What it ended with, where not OK.'),
        task: z.string().describe('Id, for get_task.'),
      }),
    ),
    next_cursor: z.string().optional().describe('For more.'),
  }),
  untrusted: true,
  async run({ since, state, text, ...window }, { client, signal }) {
    await client.version(signal)
    const from = Math.floor(Date.parse(momentBefore(since, client.now())) / 1_000)
    const filter = { since: from, limit: mostTasks, ...(state === 'running' ? { running: true } : {}) }
    const tasks = await client.tasks(filter, signal)
    const wanted = tasks.filter((task) => (state === undefined || stateOf(task) === state) && isAbout(task, text))
    const sorted = wanted.toSorted(
      (first, second) => order.indexOf(stateOf(first)) - order.indexOf(stateOf(second)) || second.starttime - first.starttime,
    )
    const { rows, ...rest } = page(sorted, window)
    return { tasks: rows.map(rowOf), ...rest }
  },
})

function isAbout({ worker_type: type, worker_id: subject }: Task, text: string | undefined): boolean {
  return text === undefined || `${type} ${subject ?? ''}`.toLowerCase().includes(text.toLowerCase())
}

function rowOf(task: Task) {
  const state = stateOf(task)
  return {
    state,
    type: task.worker_type,
    ...(task.worker_id === undefined || task.worker_id === null ? {} : { on: task.worker_id }),
    started: timeText(task.starttime),
    ...(task.endtime === undefined || task.endtime === null ? {} : { seconds: task.endtime - task.starttime }),
    user: task.user,
    ...(state === 'ok' || state === 'running' ? {} : { result: task.status ?? 'unknown' }),
    task: task.upid,
  }
}

const usualLines = 30

/** Tells how one task is doing, with the end of its log. */
export const getTask = defineTool({
  name: 'get_task',
  title: 'Get a task',
  description: 'One task of the backup server: how it is doing or why it failed, with the end of its log.',
  access: 'observe',
  input: z.object({
    task: z.string().describe('UPID:…'),
    lines: z.number().int().min(1).max(1_000).default(usualLines).describe('Lines.'),
  }),
  output: z.object({
    state: z.string().describe('running, ok, warnings or failed.'),
    type: z.string().describe('Type.'),
    on: z.string().describe('What it works on.'),
    started: z.string().describe('When.'),
    result: z.string().optional().describe('What it ended with.'),
    log: z.string().describe('Its last lines.'),
  }),
  untrusted: true,
  keep: 'tail',
  async run({ task, lines }, { client, signal }) {
    requireTask(task)
    const { status, exitstatus } = await client.taskStatus(task, signal)
    const { total } = await client.taskLog(task, { start: 0, limit: 1 }, signal)
    const { data } = await client.taskLog(task, { start: Math.max(0, total - lines + 1), limit: lines }, signal)
    const isRunning = status === 'running'
    const { error, warnings } = isRunning ? { warnings: 0 } : endOf(exitstatus ?? 'unknown')
    const { type = '', subject = '', startedAt = 0 } = readUpid(task) ?? {}
    return {
      state: isRunning ? 'running' : error !== undefined ? 'failed' : warnings > 0 ? 'warnings' : 'ok',
      type,
      on: subject,
      started: timeText(startedAt),
      ...(isRunning ? {} : { result: exitstatus ?? 'unknown' }),
      log: data.map(({ t }) => t).join('\n'),
    }
  },
})
