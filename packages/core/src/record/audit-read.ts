import { auditDirectory, auditFiles, lastLineOf, linesBackward } from './audit-file.ts'
import type { AuditLine } from './audit-line.ts'
import { isNewer, type AuditPosition } from './audit-position.ts'

/** Which lines are wanted. */
export interface AuditQuery {
  /** Not before this time; ISO 8601. */
  since?: string | undefined
  /** Before this time; ISO 8601. */
  until?: string | undefined
  /** At most so many, the latest; 100 when not given. */
  limit?: number | undefined
  tool?: string | undefined
  principal?: string | undefined
  kind?: AuditLine['kind'] | undefined
  /** How it ended; `unfinished` for a write of whose end nothing is known. */
  result?: string | undefined
  /** Part of a target, in any case. */
  target?: string | undefined
  /** Part of the line, in any case. */
  text?: string | undefined
  /** True where a call is one line: not the intent of what ended. */
  ended?: boolean | undefined
  /** Only what stands behind it. */
  after?: AuditPosition | undefined
}

/** A line that was asked for. */
export interface FoundLine {
  line: AuditLine
  position: AuditPosition
}

/** A file on its way: the line it has come to. */
interface Source {
  lines: AsyncGenerator<Candidate, void, undefined>
  candidate: Candidate
}

interface Candidate {
  position: AuditPosition
  bytes: Buffer
  call: string
  kind: string
}

/** The latest lines of all files together, newest last; reads the files from their ends, as far as it must. */
export async function readAudit(directory: string, query: AuditQuery = {}): Promise<AuditLine[]> {
  const wanted: AuditLine[] = []
  const { limit = 100 } = query
  for await (const { line } of searchAudit(directory, query)) {
    wanted.push(line)
    if (wanted.length >= limit) break
  }
  return wanted.toReversed()
}

/** The lines of all files together, newest first, as many as are asked for; holds a block of each file that overlaps others. */
export async function* searchAudit(directory: string, query: AuditQuery = {}): AsyncGenerator<FoundLine, void, undefined> {
  const wants = matcherOf(query)
  const until = query.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.until)
  // Writes whose outcome was met and whose intent was not.
  const ended = new Set<string>()
  const isJoined = query.ended === true || query.result === unfinished
  for await (const { position, bytes, call, kind } of merged(auditDirectory(directory), query.since)) {
    if (kind === 'start') continue
    if (kind === 'outcome' && isJoined) ended.add(call)
    if (kind === 'intent' && ended.delete(call)) continue
    if (position.time >= until || (query.after !== undefined && !isNewer(query.after, position))) continue
    const line = wants(bytes)
    if (line !== undefined) yield { line: { ...line, file: position.file }, position }
  }
}

/** What an intent without an outcome is asked for by. */
const unfinished = 'unfinished'

/** Every line, newest first. A file is opened when its last line is due: of many files few are open at once. */
async function* merged(folder: string, since: string | undefined): AsyncGenerator<Candidate, void, undefined> {
  const earliest = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  const closed: { name: string; time: number }[] = []
  for (const name of await auditFiles(folder)) {
    const last = await lastLineOf(folder, name)
    if (last === undefined) continue
    // Damage is for `verifyAudit` to speak of; lines before it are still lines.
    const time = openingOf(last)?.time ?? Number.POSITIVE_INFINITY
    if (time >= earliest) closed.push({ name, time })
  }
  closed.sort((first, second) => first.time - second.time)
  const open: Source[] = []
  try {
    for (;;) {
      let newest = newestOf(open)
      while (closed.length > 0 && (newest === undefined || closed.at(-1)!.time >= newest.candidate.position.time)) {
        const { name } = closed.pop()!
        const lines = candidates(folder, name, earliest)
        const first = await lines.next()
        if (first.done !== true) open.push({ lines, candidate: first.value })
        newest = newestOf(open)
      }
      if (newest === undefined) return
      yield newest.candidate
      const { value, done } = await newest.lines.next()
      if (done === true) open.splice(open.indexOf(newest), 1)
      else newest.candidate = value
    }
  } finally {
    for (const { lines } of open) await lines.return()
  }
}

function newestOf(open: readonly Source[]): Source | undefined {
  let newest = open[0]
  for (const source of open) if (newest !== source && isNewer(source.candidate.position, newest!.candidate.position)) newest = source
  return newest
}

/** The lines of one file, last first. Where the clock was set back, a line counts as old as the one after it: order is never lost. */
async function* candidates(folder: string, file: string, earliest: number): AsyncGenerator<Candidate, void, undefined> {
  let latest = Number.POSITIVE_INFINITY
  for await (const { bytes } of linesBackward(folder, file)) {
    const begins = openingOf(bytes)
    if (begins === undefined) continue
    const { sequence, time, call, kind } = begins
    if (time < earliest) return
    latest = Math.min(latest, time)
    yield { position: { time: latest, sequence, file }, bytes, call, kind }
  }
}

/** Looks at the bytes before it parses them: of a million lines few are meant. */
export function matcherOf(query: AuditQuery): (bytes: Buffer) => Omit<AuditLine, 'file'> | undefined {
  const { tool, principal, kind } = query
  const [result, target, text] = [query.result, query.target?.toLowerCase(), query.text?.toLowerCase()]
  const needles = Object.entries({ tool, principal, kind, ...(result === unfinished ? {} : { result }) })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`))
  return (bytes) => {
    if (!needles.every((needle) => bytes.includes(needle))) return undefined
    if (text !== undefined && !bytes.toString().toLowerCase().includes(text)) return undefined
    const line = parsed(bytes)
    if (line === undefined) return undefined
    const isWanted =
      (tool === undefined || line.tool === tool) &&
      (principal === undefined || line.principal === principal) &&
      (kind === undefined || line.kind === kind) &&
      (result === undefined || (result === unfinished ? line.kind === 'intent' : line.result === result)) &&
      (target === undefined || (line.targets ?? []).some((touched) => touched.toLowerCase().includes(target)))
    return isWanted ? line : undefined
  }
}

/** A call's line; damage and first lines are for `verifyAudit` to speak of. */
function parsed(bytes: Buffer): Omit<AuditLine, 'file'> | undefined {
  try {
    const line = JSON.parse(bytes.toString()) as { kind?: string }
    return line.kind === undefined || line.kind === 'start' ? undefined : (line as AuditLine)
  } catch {
    return undefined
  }
}

/** What a line begins with, told without parsing it: our own all begin alike. */
interface Opening {
  sequence: number
  time: number
  call: string
  kind: string
}

const opening = /^\{"sequence":(\d+),"at":"([^"]{20,30})","previous":"[0-9a-f]{64}",(?:"call":"([^"]*)",)?"kind":"([a-z]+)"/
const longestOpening = 300

function openingOf(bytes: Buffer): Opening | undefined {
  const [, sequence, at = '', call = '', kind = ''] = opening.exec(bytes.toString('latin1', 0, longestOpening)) ?? []
  const time = Date.parse(at)
  return sequence === undefined || Number.isNaN(time) ? undefined : { sequence: Number(sequence), time, call, kind }
}
