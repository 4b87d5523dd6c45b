import { createHash } from 'node:crypto'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCodeOf } from './disk.ts'

/** One line of the audit, before it is chained. */
export interface AuditEntry {
  /** Joins intent and outcome of one call. */
  call: string
  /** A read, what is about to be done, or what came of it. */
  kind: 'read' | 'intent' | 'outcome'
  principal: string
  tool: string
  service: string
  instances: readonly string[]
  access: string
  /** Already redacted. */
  input: unknown
  /** How it ended (`done`, `error`, …); not on an intent. */
  result?: string
  /** Code and message of a failure, already redacted. */
  error?: string
  /** Summary of the plan that ran. */
  summary?: string
  targets?: readonly string[]
  /** Who agreed: `none`, `token`, later `elicitation`, `cli:<user>`, … */
  approval?: string
  /** Id of the change in the journal. */
  change?: string
  milliseconds?: number
}

/** What chains a line to the one before it. */
export interface ChainLink {
  sequence: number
  /** ISO 8601. */
  at: string
  /** SHA-256 of the line before, of nothing at the start of a chain. */
  previous: string
}

/** A line of the audit as it stands in a file. */
export type AuditLine = AuditEntry & ChainLink & { file: string }

/** How far a file has come: what an anchor outside the directory holds on to. */
export interface AuditHead {
  name: string
  /** Up to the end of its last complete line. */
  bytes: number
  /** SHA-256 of that line. */
  head: string
}

/** The first line of a file. */
export interface AuditStart extends ChainLink {
  kind: 'start'
  version: string
  pid: number
  /** The file this one goes on from. */
  continues?: string
  /** Reads that could not be kept while nothing could be written. */
  lost?: number
  /** Every other file as it was then. */
  files: AuditHead[]
}

/** Where a chain begins: the hash of nothing. */
export const chainStart = hashOf('')

/** SHA-256 in hexadecimal. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Where the audit stands within the state directory. */
export function auditDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'audit')
}

/** Names of the audit's files in order of their start. */
export async function auditFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
      .map((entry) => entry.name)
      .toSorted()
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** How far a file has come; undefined where it holds no complete line. */
export async function headOf(folder: string, name: string): Promise<AuditHead | undefined> {
  for await (const { end, bytes } of linesBackward(folder, name)) return { name, bytes: end, head: hashOf(bytes) }
  return undefined
}

/** A complete line without its line break, and the offset behind the break. */
export interface RawLine {
  bytes: Buffer
  end: number
}

const [firstBlock, largestBlock] = [4_096, 1_048_576] as const
const lineBreak = 0x0a

/** The complete lines of a file, last first, reading no more of it than is asked for. */
export async function* linesBackward(folder: string, name: string): AsyncGenerator<RawLine, void, undefined> {
  const path = join(folder, name)
  let start = await sizeOf(path)
  let size: number = firstBlock
  // What was read of a line whose beginning was not, its break included.
  let pending: Buffer = Buffer.alloc(0)
  while (start > 0) {
    const length = Math.min(size, start)
    size = Math.min(size * 4, largestBlock)
    const block = await readBlock(path, start - length, length)
    if (block === undefined) return
    start -= length
    let rest = Buffer.concat([block, pending])
    // Behind the last break there is only what a crash left.
    if (pending.length === 0) rest = rest.subarray(0, rest.lastIndexOf(lineBreak) + 1)
    for (let at = breakBefore(rest); at >= 0; at = breakBefore(rest)) {
      yield { bytes: rest.subarray(at + 1, -1), end: start + rest.length }
      rest = rest.subarray(0, at + 1)
    }
    pending = rest
  }
  if (pending.length > 0) yield { bytes: pending.subarray(0, -1), end: pending.length }
}

/** Opened for each block, so that looking at thousands of files at once needs no thousand handles. */
async function readBlock(path: string, start: number, length: number): Promise<Buffer | undefined> {
  const file = await openIfThere(path)
  try {
    const block = Buffer.alloc(length)
    const read = await file?.read(block, 0, length, start)
    return read?.bytesRead === length ? block : undefined
  } finally {
    await file?.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Where the line before the last one ends. */
function breakBefore(lines: Buffer): number {
  return lines.length < 2 ? -1 : lines.lastIndexOf(lineBreak, lines.length - 2)
}

/** The complete lines of a file, first first, in little memory; returns how many bytes follow the last of them. */
export async function* linesForward(folder: string, name: string): AsyncGenerator<RawLine, number, undefined> {
  const file = await openIfThere(join(folder, name))
  if (file === undefined) return 0
  try {
    let pending: Buffer[] = []
    let offset = 0
    for (;;) {
      const block = Buffer.alloc(65_536)
      const { bytesRead } = await file.read(block, 0, block.length, offset)
      if (bytesRead === 0) break
      let from = 0
      for (let at = block.indexOf(lineBreak); at >= 0 && at < bytesRead; at = block.indexOf(lineBreak, from)) {
        const bytes = Buffer.concat([...pending, block.subarray(from, at)])
        pending = []
        from = at + 1
        yield { bytes, end: offset + from }
      }
      if (from < bytesRead) pending.push(block.subarray(from, bytesRead))
      offset += bytesRead
    }
    return pending.reduce((sum, part) => sum + part.length, 0)
  } finally {
    await file.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
