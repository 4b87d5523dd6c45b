import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { hashOf, type AuditHead, type AuditStart } from './audit-line.ts'
import { systemCodeOf } from './disk.ts'

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

/** The last complete line of a file, or undefined where there is none. */
export async function lastLineOf(folder: string, name: string): Promise<Buffer | undefined> {
  const tail = peekEnd(join(folder, name))
  const before = tail === undefined ? -1 : breakBefore(tail)
  if (tail !== undefined && before >= 0) return tail.subarray(before + 1, -1)
  for await (const { bytes } of linesBackward(folder, name)) return bytes
  return undefined
}

/** What the first line of a file says of other files; nothing where it was altered, which is found when the file is verified. */
export async function claimsOf(folder: string, name: string): Promise<AuditHead[]> {
  return (await startOf(folder, name))?.files ?? []
}

/** What the first line of a file says; undefined where it was altered. */
export async function startOf(folder: string, name: string): Promise<Pick<AuditStart, 'continues' | 'files'> | undefined> {
  for await (const { bytes } of linesForward(folder, name)) return startIn(bytes.toString())
  return undefined
}

function startIn(text: string): Pick<AuditStart, 'continues' | 'files'> | undefined {
  try {
    const line = JSON.parse(text) as { kind?: string; files?: unknown; continues?: unknown }
    if (line.kind !== 'start' || !Array.isArray(line.files)) return undefined
    const files = line.files.filter((head: unknown): head is AuditHead => typeof head === 'object' && head !== null && 'name' in head)
    return { files, ...(typeof line.continues === 'string' ? { continues: line.continues } : {}) }
  } catch {
    return undefined
  }
}

/**
 * The files a new one must name so that none can go unnoticed: those nobody has named as they are now. What is named by
 * one of them is held through it, so that a directory of many short files does not grow with the square of their number.
 */
export async function unnamedHeads(folder: string): Promise<AuditHead[]> {
  const named = new Map<string, number>()
  const heads: AuditHead[] = []
  const buffer = Buffer.alloc(firstBlock)
  // Whoever named a file began after it: its own name sorts later.
  for (const [index, name] of (await auditFiles(folder)).toReversed().entries()) {
    // A synchronous look costs a sixth of an asynchronous one; a thousand in a row would keep others waiting.
    if (index % 64 === 63) await immediate()
    const { size, line } = peek(join(folder, name), buffer)
    if (named.get(name) !== size) {
      const head = await headOf(folder, name)
      if (head !== undefined && head.bytes !== named.get(name)) heads.push(head)
    }
    const claims = line === undefined ? await claimsOf(folder, name) : (startIn(line)?.files ?? [])
    for (const { name: other, bytes } of claims) named.set(other, Math.max(bytes, named.get(other) ?? 0))
  }
  return heads.toReversed()
}

/** The heads through which all others are held: whoever keeps them elsewhere keeps every line that is there now. */
export async function holdingHeads(directory: string): Promise<AuditHead[]> {
  return unnamedHeads(auditDirectory(directory))
}

/** The size of a file and its first line, where that is short. */
function peek(path: string, buffer: Buffer): { size: number; line: string | undefined } {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const end = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)).indexOf(lineBreak)
    return { size: fstatSync(file).size, line: end < 0 ? undefined : buffer.toString('utf8', 0, end) }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { size: 0, line: '' }
    throw error
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The end of a file as far as its last break; undefined where there is nothing to see. Synchronous for the reason above. */
function peekEnd(path: string): Buffer | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, firstBlock))
    const tail = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, size - buffer.length))
    return tail.subarray(0, tail.lastIndexOf(lineBreak) + 1)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  } finally {
    if (file !== undefined) closeSync(file)
  }
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
export async function* linesForward(folder: string, name: string, start = 0): AsyncGenerator<RawLine, number, undefined> {
  const file = await openIfThere(join(folder, name))
  if (file === undefined) return 0
  try {
    let pending: Buffer[] = []
    let offset = start
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
