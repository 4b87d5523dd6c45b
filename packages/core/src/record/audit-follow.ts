import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { auditDirectory, auditFiles, headOf, linesForward } from './audit-file.ts'
import type { AuditLine } from './audit-line.ts'
import { matcherOf, type AuditQuery } from './audit-read.ts'

/** How lines are waited for. */
export interface FollowOptions {
  query?: AuditQuery
  /** Waits between two looks; rejects when it is aborted. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  signal: AbortSignal
}

const lookEveryMs = 500
/** With so many files a look itself takes its time. */
const [manyFiles, lookSeldomMs] = [2_000, 3_000] as const

/** How far a file was read. */
interface Reading {
  inode: number
  end: number
}

/**
 * Every new line of every process as it comes, until it is aborted. A file that is new, was cut or was replaced is read
 * from its beginning. Looks rather than waits to be told: not every file system tells.
 */
export async function* followAudit(
  directory: string,
  { query = {}, sleep, signal }: FollowOptions,
): AsyncGenerator<AuditLine, void, undefined> {
  const folder = auditDirectory(directory)
  const wants = matcherOf(query)
  let readings = new Map<string, Reading>()
  for (const name of await auditFiles(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found !== undefined) readings.set(name, { inode: found.ino, end: (await headOf(folder, name))?.bytes ?? 0 })
  }
  while (!signal.aborted) {
    const next = new Map<string, Reading>()
    const fresh: AuditLine[] = []
    for (const name of await auditFiles(folder)) {
      const found = await stat(join(folder, name)).catch(() => undefined)
      if (found === undefined) continue
      const before = readings.get(name)
      let end = before?.inode === found.ino && found.size >= before.end ? before.end : 0
      if (found.size > end)
        for await (const line of linesForward(folder, name, end)) {
          end = line.end
          const wanted = wants(line.bytes)
          if (wanted !== undefined) fresh.push({ ...wanted, file: name })
        }
      next.set(name, { inode: found.ino, end })
    }
    readings = next
    yield* fresh.toSorted((first, second) => (first.at < second.at ? -1 : first.at > second.at ? 1 : first.sequence - second.sequence))
    try {
      await sleep(next.size > manyFiles ? lookSeldomMs : lookEveryMs, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
