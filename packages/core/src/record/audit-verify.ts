import { auditDirectory, auditFiles, claimsOf, linesForward } from './audit-file.ts'
import { chainStart, hashOf, type AuditHead, type AuditLine, type AuditStart } from './audit-line.ts'

/** One thing that is not as it was written. */
export interface AuditProblem {
  file: string
  /** Counted from 1. */
  line?: number
  problem: string
}

/** A write that began and of whose end nothing is known. */
export type UnfinishedWrite = Pick<AuditLine, 'file' | 'at' | 'call' | 'principal' | 'tool' | 'instances' | 'targets' | 'summary'>

/** What looking through the whole audit came to. */
export interface AuditReport {
  files: number
  lines: number
  problems: AuditProblem[]
  /** Files whose last line is incomplete: what a crash leaves, never fatal. */
  torn: { file: string; bytes: number }[]
  unfinished: UnfinishedWrite[]
  /** How far each file has come: to be kept elsewhere as an anchor. */
  heads: AuditHead[]
}

/** What the lines of a file said when they were read. */
interface Seen {
  start: AuditStart | undefined
  last: { sequence: number; hash: string } | undefined
}

/** Checks every chain, what the files say of each other and, where given, heads that were kept elsewhere. */
export async function verifyAudit(directory: string, options: { anchors?: readonly AuditHead[] } = {}): Promise<AuditReport> {
  const folder = auditDirectory(directory)
  const names = await auditFiles(folder)
  const report: AuditReport = { files: names.length, lines: 0, problems: [], torn: [], unfinished: [], heads: [] }
  const claims = new Claims()
  for (const anchor of options.anchors ?? []) claims.add(anchor, 'the anchor')
  for (const name of names) for (const head of await claimsOf(folder, name)) claims.add(head, name)

  const open = new Map<string, UnfinishedWrite>()
  const ended = new Set<string>()
  const seen = new Map<string, Seen>()
  for (const name of names) seen.set(name, await walk(folder, name, claims, report, open, ended))

  checkContinuations(seen, report.problems)
  report.problems.push(...claims.broken(new Set(names)))
  report.unfinished.push(...open.values())
  return report
}

async function walk(
  folder: string,
  file: string,
  claims: Claims,
  report: AuditReport,
  open: Map<string, UnfinishedWrite>,
  ended: Set<string>,
): Promise<Seen> {
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
        if (line.kind !== 'start') note(line as AuditLine, file, open, ended)
      }
    }
    seen.last = { sequence: typeof line?.sequence === 'number' ? line.sequence : (seen.last?.sequence ?? -1) + 1, hash }
  }
  report.lines += count
  if (next.value > 0) report.torn.push({ file, bytes: next.value })
  if (seen.last !== undefined) report.heads.push({ name: file, bytes: end, head: seen.last.hash })
  return seen
}

function note(line: AuditLine, file: string, open: Map<string, UnfinishedWrite>, ended: Set<string>): void {
  if (line.kind === 'outcome' && !open.delete(line.call)) ended.add(line.call)
  if (line.kind !== 'intent' || ended.delete(line.call)) return
  const { at, call, principal, tool, instances, targets, summary } = line
  open.set(call, {
    file,
    at,
    call,
    principal,
    tool,
    instances,
    ...(targets === undefined ? {} : { targets }),
    ...(summary === undefined ? {} : { summary }),
  })
}

function checkContinuations(seen: ReadonlyMap<string, Seen>, problems: AuditProblem[]): void {
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
    const before = seen.get(start.continues)
    if (before === undefined) wrong(`goes on from ${start.continues}, which is missing`)
    else if (before.last?.hash !== start.previous) wrong(`does not follow from the last line of ${start.continues}`)
    else if (before.last.sequence + 1 !== start.sequence) wrong(`has number ${start.sequence}, expected ${before.last.sequence + 1}`)
  }
}

/** What was said of a file elsewhere, until the file is seen to agree. */
class Claims {
  readonly #open = new Map<string, { head: AuditHead; by: string }>()
  readonly #names = new Set<string>()

  add(head: AuditHead, by: string): void {
    this.#names.add(head.name)
    const key = keyOf(head.name, head.bytes, head.head)
    if (!this.#open.has(key)) this.#open.set(key, { head, by })
  }

  meet(name: string, bytes: number, head: string): void {
    if (this.#names.has(name)) this.#open.delete(keyOf(name, bytes, head))
  }

  broken(present: ReadonlySet<string>): AuditProblem[] {
    return [...this.#open.values()].map(({ head: { name, bytes }, by }) => ({
      file: name,
      problem: present.has(name)
        ? `is not what ${by} saw of it up to byte ${bytes}: it was cut or altered`
        : `is missing; ${by} saw ${bytes} bytes of it`,
    }))
  }
}

function keyOf(name: string, bytes: number, head: string): string {
  return `${name} ${bytes} ${head}`
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
