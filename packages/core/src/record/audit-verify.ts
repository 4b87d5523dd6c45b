import { auditDirectory, auditFiles, claimsOf, linesForward } from './audit-file.ts'
import { Claims, type AuditProblem } from './audit-claims.ts'
import { chainStart, hashOf, type AuditHead, type AuditLine, type AuditStart, type RemovedFile } from './audit-line.ts'

/** A write that began and of whose end nothing is known. */
export type UnfinishedWrite = Pick<
  AuditLine,
  'file' | 'at' | 'call' | 'principal' | 'tool' | 'service' | 'instances' | 'targets' | 'summary'
>

/** What looking through the whole audit came to. */
export interface AuditReport {
  files: number
  lines: number
  problems: AuditProblem[]
  /** Files whose last line is incomplete: what a crash leaves, never fatal. */
  torn: { file: string; bytes: number }[]
  unfinished: UnfinishedWrite[]
  /** Files that are gone because they were past what is kept, as a line of the audit says that they were then. */
  removed: RemovedFile[]
  /** How far each file has come: to be kept elsewhere as an anchor. */
  heads: AuditHead[]
}

/** What the lines of a file said when they were read. */
interface Seen {
  start: AuditStart | undefined
  last: { sequence: number; hash: string } | undefined
}

/** Times a look is repeated because files were removed during it. */
const mostLooks = 3

/** Checks every chain, what the files say of each other and, where given, heads that were kept elsewhere. */
export async function verifyAudit(directory: string, options: { anchors?: readonly AuditHead[] } = {}): Promise<AuditReport> {
  const folder = auditDirectory(directory)
  for (let look = 1; ; look += 1) {
    const names = await auditFiles(folder)
    const report = await lookThrough(folder, names, options.anchors ?? [])
    const there = new Set(await auditFiles(folder))
    if (look === mostLooks || names.every((name) => there.has(name))) return report
  }
}

async function lookThrough(folder: string, names: readonly string[], anchors: readonly AuditHead[]): Promise<AuditReport> {
  const report: AuditReport = { files: names.length, lines: 0, problems: [], torn: [], unfinished: [], removed: [], heads: [] }
  const claims = new Claims()
  for (const anchor of anchors) claims.add(anchor, 'the anchor')
  for (const name of names) for (const head of await claimsOf(folder, name)) claims.add(head, name)

  const walked: Walked = { claims, report, open: new Map(), ended: new Set(), removed: new Map() }
  const seen = new Map<string, Seen>()
  for (const name of names) seen.set(name, await walk(folder, name, walked))

  const gone = new Map([...walked.removed].filter(([name]) => !seen.has(name)))
  checkContinuations(seen, gone, report.problems)
  report.problems.push(...claims.broken(new Set(names), gone))
  report.unfinished.push(...walked.open.values())
  report.removed.push(...gone.values())
  return report
}

/** What is gathered from file to file. */
interface Walked {
  claims: Claims
  report: AuditReport
  open: Map<string, UnfinishedWrite>
  ended: Set<string>
  removed: Map<string, RemovedFile>
}

async function walk(folder: string, file: string, walked: Walked): Promise<Seen> {
  const { claims, report } = walked
  const seen: Seen = { start: undefined, last: undefined }
  const lines = linesForward(folder, file)
  let count = 0
  let end = 0
  let next = await lines.next()
  for (; next.done !== true; next = await lines.next()) {
    const { bytes } = next.value
    count += 1
    end = next.value.end
    const wrong = (problem: string): void => void report.problems.push({ file, line: count, problem })
    const line = parse(bytes)
    const hash = hashOf(bytes)
    claims.meet(file, end, hash)
    if (line === undefined) wrong('is no audit line')
    else {
      if (count === 1) {
        if (line.kind === 'start') seen.start = line as AuditStart
        else wrong('is not the first line of a file: the beginning is missing')
      } else {
        if (line.kind === 'start') wrong('is a first line in the middle of a file')
        if (line.previous !== seen.last?.hash)
          wrong('does not follow from the line before: one of the two was altered, or lines are missing')
        if (seen.last !== undefined && line.sequence !== seen.last.sequence + 1)
          wrong(`has number ${line.sequence}, expected ${seen.last.sequence + 1}`)
        if (line.kind !== 'start') note(line as AuditLine, file, walked)
      }
    }
    seen.last = { sequence: typeof line?.sequence === 'number' ? line.sequence : (seen.last?.sequence ?? -1) + 1, hash }
  }
  report.lines += count
  if (next.value > 0) report.torn.push({ file, bytes: next.value })
  if (seen.last !== undefined) report.heads.push({ name: file, bytes: end, head: seen.last.hash })
  return seen
}

function note(line: AuditLine, file: string, { open, ended, removed }: Walked): void {
  if (line.kind === 'retention')
    for (const gone of removedIn(line)) if (gone.bytes >= (removed.get(gone.name)?.bytes ?? 0)) removed.set(gone.name, gone)
  if (line.kind === 'outcome' && !open.delete(line.call)) ended.add(line.call)
  if (line.kind !== 'intent' || ended.delete(line.call)) return
  const { at, call, principal, tool, service, instances, targets, summary } = line
  open.set(call, {
    file,
    at,
    call,
    principal,
    tool,
    service,
    instances,
    ...(targets === undefined ? {} : { targets }),
    ...(summary === undefined ? {} : { summary }),
  })
}

function checkContinuations(seen: ReadonlyMap<string, Seen>, gone: ReadonlyMap<string, RemovedFile>, problems: AuditProblem[]): void {
  const followed = new Set<string>()
  for (const [file, { start }] of seen) {
    if (start === undefined) continue
    const wrong = (problem: string): void => void problems.push({ file, line: 1, problem })
    if (start.continues === undefined) {
      if (start.previous !== chainStart || start.sequence !== 0) wrong('begins a chain in its middle')
      continue
    }
    if (followed.has(start.continues)) wrong(`goes on from ${start.continues}, and so does another file`)
    followed.add(start.continues)
    const removed = gone.get(start.continues)
    const last = removed === undefined ? seen.get(start.continues)?.last : { sequence: removed.sequence, hash: removed.head }
    if (last === undefined && !seen.has(start.continues)) wrong(`goes on from ${start.continues}, which is missing`)
    else if (last?.hash !== start.previous) wrong(`does not follow from the last line of ${start.continues}`)
    else if (last.sequence + 1 !== start.sequence) wrong(`has number ${start.sequence}, expected ${last.sequence + 1}`)
  }
}

/** What a line says that was removed; nothing where it was altered. */
export function removedIn({ removed }: { removed?: unknown }): RemovedFile[] {
  if (!Array.isArray(removed)) return []
  return removed.filter((file: unknown): file is RemovedFile => {
    const { name, bytes, head, sequence } = (file ?? {}) as Partial<Record<keyof RemovedFile, unknown>>
    return typeof name === 'string' && typeof bytes === 'number' && typeof head === 'string' && typeof sequence === 'number'
  })
}

type AnyLine = { kind?: string; sequence?: number; previous?: string }

function parse(bytes: Buffer): AnyLine | undefined {
  try {
    const line = JSON.parse(bytes.toString()) as unknown
    return typeof line === 'object' && line !== null && !Array.isArray(line) ? line : undefined
  } catch {
    return undefined
  }
}
