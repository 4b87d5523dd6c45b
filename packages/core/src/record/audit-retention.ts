import { stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { auditDirectory, auditFiles, lastLineOf, linesForward, startOf } from './audit-file.ts'
import { hashOf, type AuditLine, type RemovedFile } from './audit-line.ts'
import type { AuditPolicy } from './audit-policy.ts'
import { removedIn } from './audit-verify.ts'
import type { AuditLog } from './audit.ts'
import { systemCodeOf } from './disk.ts'
import { jsonIn } from './json.ts'

/** What removing old files needs. */
export interface RetentionOptions {
  directory: string
  audit: AuditLog
  clock: { now(): number }
  retention: NonNullable<AuditPolicy['retention']>
  /** Id of the line that says so. */
  call: string
}

const dayMs = 86_400_000
/** A file nobody goes on from may still be written to; one that is quiet this long counts as left. */
const quietMs = dayMs

interface OldFile {
  name: string
  bytes: number
  /** Of its last line; milliseconds. */
  last: number
}

/**
 * Removes whole files that are past what is kept, the oldest first, and gives their names. A line of the audit says so
 * before, with the length and head of each, so that what is gone is known to have been removed, and as what.
 */
export async function removeOldFiles({ directory, audit, clock, retention, call }: RetentionOptions): Promise<string[]> {
  const folder = auditDirectory(directory)
  const now = clock.now()
  const files = await filesIn(folder)
  const { continued, claimed } = await mentions(folder, files)
  const oldest = retention.days === undefined ? Number.NEGATIVE_INFINITY : now - retention.days * dayMs
  const most = (retention.megabytes ?? Number.POSITIVE_INFINITY) * 1_048_576
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: RemovedFile[] = []
  const carried = new Map<string, RemovedFile>()
  for (const file of files) {
    const isPast = file.last < oldest
    if ((!isPast && total <= most) || file.name === audit.current()) continue
    if (!continued.has(file.name) && file.last > now - quietMs) continue
    const told = await look(folder, file.name)
    if (told === undefined || (!isPast && (await isUnfinished(folder, told.open, continued.get(file.name), oldest, continued)))) continue
    removed.push(told.removed)
    for (const gone of told.earlier) carried.set(gone.name, gone)
    total -= file.bytes
  }
  if (removed.length === 0) return []
  const going = new Set(removed.map(({ name }) => name))
  // What a file that goes said of files that went before is said again where one that stays still names them.
  const stillNamed = [...carried.values()].filter(({ name }) => [...(claimed.get(name) ?? [])].some((by) => !going.has(by)))
  const limits = [
    ...(retention.days === undefined ? [] : [`${retention.days} days`]),
    ...(retention.megabytes === undefined ? [] : [`${retention.megabytes} MB`]),
  ]
  await audit.commit({
    call,
    kind: 'retention',
    principal: 'rackwarden',
    tool: 'retention',
    service: 'rackwarden',
    instances: [],
    access: '',
    input: retention,
    result: 'removed',
    summary: `Remove ${removed.length} audit files past ${limits.join(' or ')}`,
    removed: [...removed, ...stillNamed],
  })
  const gone: string[] = []
  for (const { name, bytes } of files) if (going.has(name) && (await isRemoved(join(folder, name), bytes))) gone.push(name)
  return gone
}

/** False where somebody wrote to it meanwhile: then it stays, and is looked at again another time. */
async function isRemoved(path: string, bytes: number): Promise<boolean> {
  try {
    if ((await stat(path)).size !== bytes) return false
    await unlink(path)
  } catch (error) {
    // Another process that did the same is no failure.
    if (systemCodeOf(error) !== 'ENOENT') throw error
  }
  return true
}

async function filesIn(folder: string): Promise<OldFile[]> {
  const files: OldFile[] = []
  for (const name of await auditFiles(folder)) {
    const last = await lastLineOf(folder, name)
    const found = await stat(join(folder, name)).catch(() => undefined)
    const at = last === undefined ? Number.NaN : Date.parse(lineIn(last)?.at ?? '')
    if (found !== undefined && !Number.isNaN(at)) files.push({ name, bytes: found.size, last: at })
  }
  return files
}

/** Which file goes on from which, and which first lines name which. */
async function mentions(folder: string, files: readonly OldFile[]) {
  const continued = new Map<string, string>()
  const claimed = new Map<string, Set<string>>()
  for (const { name } of files) {
    const start = await startOf(folder, name)
    if (start === undefined) continue
    const named = start.files.map((head) => head.name)
    if (start.continues !== undefined) continued.set(start.continues, name)
    for (const other of start.continues === undefined ? named : [...named, start.continues])
      claimed.set(other, (claimed.get(other) ?? new Set()).add(name))
  }
  return { continued, claimed }
}

/** What a file that is to go holds: its end, writes without an outcome, and what it says of files that went before. */
async function look(
  folder: string,
  name: string,
): Promise<{ removed: RemovedFile; open: Map<string, string>; earlier: RemovedFile[] } | undefined> {
  const open = new Map<string, string>()
  const earlier: RemovedFile[] = []
  let removed: RemovedFile | undefined
  for await (const { bytes, end } of linesForward(folder, name)) {
    const line = lineIn(bytes)
    if (line === undefined) return undefined
    if (line.kind === 'intent') open.set(line.call, line.at)
    if (line.kind === 'outcome') open.delete(line.call)
    if (line.kind === 'retention') earlier.push(...removedIn(line))
    removed = { name, bytes: end, head: hashOf(bytes), sequence: line.sequence }
  }
  return removed === undefined ? undefined : { removed, open, earlier }
}

/** Whether a write that began in a file is not known to have ended, there or in those that go on from it, and is not past. */
async function isUnfinished(
  folder: string,
  open: Map<string, string>,
  next: string | undefined,
  oldest: number,
  continued: ReadonlyMap<string, string>,
): Promise<boolean> {
  for (let file = next; file !== undefined && open.size > 0; file = continued.get(file))
    for await (const { bytes } of linesForward(folder, file)) {
      const line = lineIn(bytes)
      if (line?.kind === 'outcome') open.delete(line.call)
      if (open.size === 0) break
    }
  return [...open.values()].some((at) => !(Date.parse(at) < oldest))
}

function lineIn(bytes: Buffer): AuditLine | undefined {
  return jsonIn(bytes.toString()) as AuditLine | undefined
}
