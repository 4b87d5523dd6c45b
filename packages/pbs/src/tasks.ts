import { ToolError, type ReadContext } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'
import type { PbsClient } from './client.ts'

/** How a task ended. */
export interface TaskEnd {
  task: string
  /** How many warnings its log has; none is 0. */
  warnings: number
  /** What it ended with, where that was an error. */
  error?: string
  /** The last lines of its log. */
  tail: readonly string[]
}

const [firstPauseMs, longestPauseMs] = [150, 3_000]
const tailLines = 12
const pageLines = 500
/** How often in a row a server may not answer before it is no longer asked. */
const mostMissed = 6

/** Waits until a task has ended, telling the last line of its log meanwhile. */
export async function followTask(
  task: string,
  { client, signal, progress }: Pick<ReadContext<PbsClient>, 'client' | 'signal' | 'progress'>,
): Promise<TaskEnd> {
  // Whoever loses sight of this call finds the task by it.
  progress(`task ${task}`, undefined, undefined, task)
  const log = logOf(task, client, signal)
  let missed = 0
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    try {
      const { status, exitstatus } = await client.taskStatus(task, signal)
      const line = await log.read()
      if (status !== 'running') return { task, ...endOf(exitstatus ?? 'unknown'), tail: log.tail() }
      if (line !== undefined) progress(line)
      missed = 0
    } catch (error) {
      if (signal.aborted) throw abandoned(task)
      if (!ToolError.isInstance(error)) throw error
      const isPassing = ['unreachable', 'timeout', 'rate_limited'].includes(error.code)
      if (!isPassing || (missed += 1) >= mostMissed) throw lostSight(task, error)
    }
    try {
      await pause(pauseMs, undefined, { signal })
    } catch {
      throw abandoned(task)
    }
  }
}

/** What a task ended with. */
export function endOf(exitStatus: string): Pick<TaskEnd, 'warnings' | 'error'> {
  if (exitStatus === 'OK') return { warnings: 0 }
  const warnings = /^WARNINGS: (\d+)$/.exec(exitStatus)?.[1]
  if (warnings !== undefined) return { warnings: Number(warnings) }
  return { warnings: 0, error: exitStatus === 'unknown' ? 'nobody knows how; the server may have been restarted' : exitStatus }
}

/** Refuses an end in error, with the end of the log. */
export function requireSuccess(what: string, { task, error, tail }: TaskEnd): void {
  if (error === undefined) return
  throw new ToolError('upstream', `${what} failed: ${error}`, {
    hint: [`Its log ends:`, ...tail.map((line) => `  ${line}`), `The whole of it: get_task task=${task}`].join('\n'),
  })
}

/** Lines of a log that warn, the last ones of many. */
export function warningsIn(tail: readonly string[]): string[] {
  return tail.filter((line) => /\bWARN(?:ING)?\b/i.test(line) && !line.startsWith('TASK ')).slice(-5)
}

/** Reads a log as it grows; of a long one only its end. */
function logOf(task: string, client: PbsClient, signal: AbortSignal) {
  let next = 1
  let kept: string[] = []
  return {
    tail: () => kept,
    /** Reads to the end of it, and gives the last line there is. */
    async read(): Promise<string | undefined> {
      for (;;) {
        const { data, total } = await client.taskLog(task, { start: next, limit: pageLines }, signal)
        const lines = data.filter(({ n }) => n >= next)
        kept = [...kept, ...lines.map(({ t }) => t)].slice(-tailLines)
        next = (lines.at(-1)?.n ?? next - 1) + 1
        if (lines.length === 0 || next > total) return kept.at(-1)
        if (total - next > pageLines) next = total - tailLines
      }
    },
  }
}

function abandoned(task: string): ToolError {
  return new ToolError('denied', `Nobody waits any more; the task goes on at the server as ${task}.`, {
    hint: `get_task task=${task} tells how it is doing.`,
  })
}

function lostSight(task: string, error: ToolError): ToolError {
  return new ToolError(error.code, `The task ${task} was begun, and cannot be followed: ${error.message}`, {
    hint: `It goes on at the server: get_task task=${task} tells how it is doing.`,
    cause: error,
  })
}
