import { ToolError } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Api } from './api.ts'
import { logLine, taskRow, taskStatus, type TaskRow, type TaskStatus } from './node-schema.ts'
import { parseUpid } from './upid.ts'

/** How a task ended. */
export interface TaskEnd {
  upid: string
  /** What it warned of; nothing where it ended well. */
  warnings: readonly string[]
  /** The last lines of its log. */
  tail: readonly string[]
}

/** How a task is waited for. */
export interface Waiting {
  signal: AbortSignal
  progress?: (message: string, done?: undefined, total?: undefined, task?: string) => void
  /** True where an abort of the caller is to end the task, too. */
  stopOnAbort?: boolean
}

/** Which tasks of a node are wanted. */
export interface TaskFilter {
  errors?: boolean
  since?: number
  vmid?: number
  typefilter?: string
  source?: 'archive' | 'active' | 'all'
  limit?: number
}

const firstPauseMs = 100
const longestPauseMs = 2_000
const tailLines = 8

/** How long nothing is asked between two looks. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

/** Makes what waits for tasks and tells of them. */
export function createTasks(api: Api, sleep: Sleep = async (milliseconds, signal) => pause(milliseconds, undefined, { signal })) {
  const pathOf = (upid: string) => `/nodes/${parseUpid(upid).node}/tasks/${encodeURIComponent(upid)}`
  const status = async (upid: string, signal: AbortSignal): Promise<TaskStatus> => api.get(`${pathOf(upid)}/status`, taskStatus, signal)
  const stop = async (upid: string, signal: AbortSignal) => api.delete(pathOf(upid), signal)

  /** Lines of the log from a position on; one that cannot be read must not hide how the task ended. */
  async function log(upid: string, signal: AbortSignal, start = 0, limit = 500): Promise<string[]> {
    const lines = await api.get(`${pathOf(upid)}/log`, z.array(logLine), signal, { start, limit }).catch(() => [])
    signal.throwIfAborted()
    return lines.map(({ t }) => t ?? '').filter((line) => line !== 'no content')
  }

  /** Waits for a task, telling what it says, and throws with the end of its log where it fails. */
  async function wait(started: unknown, { signal, progress, stopOnAbort = false }: Waiting): Promise<TaskEnd> {
    const { upid, type } = parseUpid(idIn(started))
    // Whoever finds the call abandoned has the task to look at.
    const tell = (line: string) => progress?.(`${line} (${upid})`, undefined, undefined, upid)
    tell(`${type} began`)
    const lines: string[] = []
    try {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.6, longestPauseMs)) {
        const now = await status(upid, signal)
        const isOver = now.status === 'stopped'
        const fresh = isOver || progress !== undefined ? await log(upid, signal, lines.length) : []
        lines.push(...fresh)
        const latest = fresh.findLast((line) => line.trim() !== '' && !line.startsWith('TASK '))
        if (latest !== undefined) tell(latest)
        if (isOver) return ended(upid, now, lines)
        await sleep(pauseMs, signal)
      }
    } catch (error) {
      if (signal.aborted && stopOnAbort) await stop(upid, AbortSignal.timeout(5_000)).catch(() => undefined)
      throw error
    }
  }

  return {
    status,
    log,
    stop,
    wait,
    async of(node: string, signal: AbortSignal, filter: TaskFilter = {}): Promise<TaskRow[]> {
      return api.get(`/nodes/${node}/tasks`, z.array(taskRow), signal, { ...filter })
    },
  }
}

/** What the end of a task says: well, well with warnings, or why not. */
export function endOf(exit: string | undefined): 'ok' | 'warnings' | 'failed' {
  if (exit === undefined || exit === 'OK') return 'ok'
  return exit.startsWith('WARNINGS') ? 'warnings' : 'failed'
}

function idIn(started: unknown): string {
  if (typeof started === 'string') return started
  throw new ToolError('upstream', 'Proxmox named no task for what it was asked to do.', {
    hint: 'Whether it does it is not known: read the state of the guest.',
  })
}

function ended(upid: string, { exitstatus, type }: TaskStatus, lines: readonly string[]): TaskEnd {
  const said = lines.filter((line) => line.trim() !== '')
  const tail = said.slice(-tailLines)
  if (endOf(exitstatus) !== 'failed')
    return { upid, tail, warnings: endOf(exitstatus) === 'ok' ? [] : said.filter((line) => /^WARN/i.test(line.trim())) }
  const end = tail.filter((line) => !line.startsWith('TASK ')).join(' / ')
  const isLocked = /is locked|can't lock file/i.test(exitstatus ?? '')
  throw new ToolError(
    isLocked ? 'conflict' : 'upstream',
    `The task ${type} failed: ${exitstatus}${end === '' ? '' : `. Its log ends: ${end}`}`,
    { hint: `get_task upid=${upid} shows more of its log.` },
  )
}
