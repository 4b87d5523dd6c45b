import { auditDirectory, auditFiles, linesBackward } from './audit-file.ts'
import type { AuditLine } from './audit-line.ts'

/** Which lines are wanted. */
export interface AuditQuery {
  /** Not before this time; ISO 8601. */
  since?: string
  /** At most so many, the latest; 100 when not given. */
  limit?: number
  tool?: string
  principal?: string
  kind?: AuditLine['kind']
}

interface Source {
  lines: AsyncGenerator<AuditLine, void, undefined>
  line: AuditLine
}

/** The latest lines of all files together, newest last; reads the files from their ends, as far as it must. */
export async function readAudit(directory: string, query: AuditQuery = {}): Promise<AuditLine[]> {
  const folder = auditDirectory(directory)
  const { limit = 100 } = query
  const sources: Source[] = []
  const wanted: AuditLine[] = []
  try {
    for (const name of await auditFiles(folder)) {
      const lines = matching(folder, name, query)
      const first = await lines.next()
      if (first.done !== true) sources.push({ lines, line: first.value })
    }
    while (sources.length > 0 && wanted.length < limit) {
      const source = sources.reduce((latest, other) => (isLater(other.line, latest.line) ? other : latest))
      wanted.push(source.line)
      const { value, done } = await source.lines.next()
      if (done === true) sources.splice(sources.indexOf(source), 1)
      else source.line = value
    }
  } finally {
    for (const { lines } of sources) await lines.return()
  }
  return wanted.toReversed()
}

async function* matching(folder: string, file: string, query: AuditQuery): AsyncGenerator<AuditLine, void, undefined> {
  const since = query.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.since)
  for await (const { bytes } of linesBackward(folder, file)) {
    const line = parsed(bytes)
    if (line === undefined) continue
    if (Date.parse(line.at) < since) return
    const isWanted =
      (query.tool === undefined || line.tool === query.tool) &&
      (query.principal === undefined || line.principal === query.principal) &&
      (query.kind === undefined || line.kind === query.kind)
    if (isWanted) yield { ...line, file }
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

function isLater(line: AuditLine, than: AuditLine): boolean {
  return line.at > than.at || (line.at === than.at && line.sequence > than.sequence)
}
