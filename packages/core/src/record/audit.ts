import { open, stat, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../define/error.ts'
import { auditDirectory, headOf, unnamedHeads } from './audit-file.ts'
import { chainStart, hashOf, type AuditEntry, type AuditStart } from './audit-line.ts'
import { makeDirectory, reasonOf, systemCodeOf } from './disk.ts'

export type { AuditEntry, AuditHead, AuditLine } from './audit-line.ts'
export { readAudit, searchAudit, type AuditQuery, type FoundLine } from './audit-read.ts'
export { cursorOf, positionIn } from './audit-position.ts'
export type { AuditProblem } from './audit-claims.ts'
export { verifyAudit, type AuditReport, type UnfinishedWrite } from './audit-verify.ts'

/** Append-only, one file and one hash chain per process. */
export interface AuditLog {
  /** Buffered up to a second: for reads. */
  record(entry: AuditEntry): void
  /** On disk (fdatasync) when it resolves; a write whose intent rejects must not happen. */
  commit(entry: AuditEntry): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
  /** Name of the file it writes to now, where there is one. */
  current(): string | undefined
  /** Calls back with every entry as it comes, until the answer is called. */
  watch(tell: (entry: AuditEntry) => void): () => void
  health(): AuditHealth
}

/** How writing the audit goes. */
export interface AuditHealth {
  /** Lines on disk, or on their way there through the system. */
  lines: number
  /** Lines of reads that were let go of because the disk took none for too long. */
  lost: number
  isFailing: boolean
}

/** What an audit is made of. */
export interface AuditOptions {
  /** The state directory; files are in its `audit/`. */
  directory: string
  clock: { now(): number }
  random: (bytes: number) => Uint8Array
  version: string
  /** A file that has grown past this is continued in a new one; 16 MiB when not given. */
  maxFileBytes?: number
  /** Told once when reads can no longer be recorded, and again after they could. */
  warn?: (message: string) => void
}

/** An entry on its way: its text without the chain's fields, fixed when it came. */
interface Waiting {
  at: string
  body: string
  done?: { resolve(): void; reject(error: unknown): void }
}

interface Chain {
  name: string
  file: FileHandle
  bytes: number
}

const bufferMs = 1_000
/** Reads kept in memory while the disk takes none. */
const mostWaiting = 1_000

/** Makes the audit of this process; nothing is written before the first entry. */
export function createAuditLog(options: AuditOptions): AuditLog {
  const { clock, random, version, maxFileBytes = 16 * 1_048_576 } = options
  const folder = auditDirectory(options.directory)
  let waiting: Waiting[] = []
  let lost = 0
  let [written, lostInAll] = [0, 0]
  const watchers = new Set<(entry: AuditEntry) => void>()
  let warned = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let work: Promise<void> = Promise.resolve()

  let chain: Chain | undefined
  let sequence = 0
  let previous = chainStart
  /** The file the chain was in, when a new one must go on from it. */
  let left: string | undefined

  const enqueue = (entry: AuditEntry, done?: Waiting['done']): void => {
    const { call, kind, ...rest } = entry
    for (const tell of watchers) tell(entry)
    // Every line begins alike, so that readers can pass over it unparsed.
    const body = JSON.stringify({ call, kind, ...rest }).slice(1)
    waiting.push({ at: new Date(clock.now()).toISOString(), body, ...(done === undefined ? {} : { done }) })
  }

  const link = (at: string, body: string): string => {
    const text = `{"sequence":${sequence},"at":"${at}","previous":"${previous}",${body}`
    sequence += 1
    previous = hashOf(text)
    return `${text}\n`
  }

  /** Opens a file and gives its first line; it exists only with the entry that made it necessary. */
  const begin = async (): Promise<{ file: FileHandle; name: string; line: string }> => {
    await makeDirectory(folder)
    const at = new Date(clock.now()).toISOString()
    const files = await unnamedHeads(folder)
    const start: Omit<AuditStart, 'sequence' | 'at' | 'previous'> = {
      kind: 'start',
      version,
      pid: process.pid,
      ...(left === undefined ? {} : { continues: left }),
      ...(lost === 0 ? {} : { lost }),
      files,
    }
    const stamp = `${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${process.pid}-${Buffer.from(random(6)).toString('hex')}`
    const opened = await openNew(folder, stamp)
    return { ...opened, line: link(at, JSON.stringify(start).slice(1)) }
  }

  /** Appends a batch; says how many of its entries stand in a file even though it failed. */
  const append = async (batch: readonly Waiting[]): Promise<{ landed: number; error?: unknown }> => {
    const before = { sequence, previous }
    const hashes: string[] = []
    let isNew = false
    try {
      if (chain !== undefined && chain.bytes >= maxFileBytes) {
        await chain.file.datasync()
        await leave()
      }
      // What is appended to a file that was taken away, or moved, is seen by nobody.
      if (chain !== undefined && !(await isStillThere(chain))) await leave()
      const lines: string[] = []
      if (chain === undefined) {
        const { file, name, line } = await begin()
        isNew = true
        chain = { file, name, bytes: 0 }
        lines.push(line)
        hashes.push(previous)
      }
      for (const { at, body } of batch) {
        lines.push(link(at, body))
        hashes.push(previous)
      }
      const bytes = Buffer.from(lines.join(''))
      await chain.file.appendFile(bytes)
      if (isNew || batch.some(({ done }) => done !== undefined)) await chain.file.datasync()
      chain.bytes += bytes.length
      if (isNew) {
        await syncDirectory(folder)
        left = undefined
        lost = 0
      }
      return { landed: batch.length }
    } catch (error) {
      // The chain goes on, in a new file, from what reached the disk, which need not be what was meant to.
      const head = chain === undefined ? undefined : await headOf(folder, chain.name).catch(() => undefined)
      const landed = head === undefined ? 0 : hashes.indexOf(head.head) + 1
      sequence = before.sequence + landed
      previous = hashes[landed - 1] ?? before.previous
      if (isNew && landed > 0) lost = 0
      if (isNew && landed === 0) await discard()
      else await leave()
      return { landed: Math.max(0, landed - (isNew ? 1 : 0)), error }
    }
  }

  const isStillThere = async ({ file, name }: Chain): Promise<boolean> => {
    const [held, there] = await Promise.all([file.stat(), stat(join(folder, name)).catch(() => undefined)])
    return there?.ino === held.ino && there.dev === held.dev
  }

  const leave = async (): Promise<void> => {
    if (chain === undefined) return
    left = chain.name
    await chain.file.close().catch(() => {})
    chain = undefined
  }

  const discard = async (): Promise<void> => {
    if (chain === undefined) return
    await chain.file.close().catch(() => {})
    await unlink(join(folder, chain.name)).catch(() => {})
    chain = undefined
  }

  const drain = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    if (batch.length === 0) return
    waiting = []
    const { landed, error } = await append(batch)
    written += landed
    if (error !== undefined) {
      const failure = refusal(error)
      // A write that was refused must not appear later as one that began; reads wait for the disk to come back.
      waiting = [...batch.slice(landed).filter(({ done }) => done === undefined), ...waiting]
      for (const { done } of batch) done?.reject(failure)
      const surplus = waiting.filter(({ done }) => done === undefined).length - mostWaiting
      if (surplus > 0) {
        lost += surplus
        lostInAll += surplus
        waiting = waiting.slice(surplus)
      }
      if (!warned) options.warn?.(`${failure.message} Reads go on, writes are refused.`)
      warned = true
      throw failure
    }
    if (warned) options.warn?.('The audit can be written again.')
    warned = false
    for (const { done } of batch) done?.resolve()
  }

  const refusal = (error: unknown): ToolError =>
    new ToolError('denied', `The audit cannot be written: ${reasonOf(error)}.`, {
      hint: `Make ${folder} writable or set RACKWARDEN_STATE_DIR to a directory that is; until then only reads work.`,
      cause: error,
    })

  /** One batch at a time: whatever arrives meanwhile goes together with the next. */
  const next = (): Promise<void> => (work = work.catch(() => {}).then(drain))

  return {
    record(entry) {
      if (closed) return
      enqueue(entry)
      timer ??= setTimeout(() => void next().catch(() => {}), bufferMs).unref()
    },
    commit(entry) {
      if (closed) return Promise.reject(new ToolError('denied', 'The audit is closed: the process is ending.'))
      return new Promise((resolve, reject) => {
        enqueue(entry, { resolve, reject })
        next().catch(() => {})
      })
    },
    flush: next,
    current: () => chain?.name,
    watch(tell) {
      watchers.add(tell)
      return () => void watchers.delete(tell)
    },
    health: () => ({ lines: written, lost: lostInAll, isFailing: warned }),
    async close() {
      if (closed) return work
      closed = true
      try {
        await next()
      } finally {
        await chain?.file.close().catch(() => {})
        chain = undefined
      }
    },
  }
}

/** Two logs of one process may begin in the same second. */
async function openNew(folder: string, stamp: string): Promise<{ file: FileHandle; name: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? `${stamp}.jsonl` : `${stamp}-${attempt}.jsonl`
    try {
      return { name, file: await open(join(folder, name), 'ax', 0o600) }
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** The new name itself must outlive a power cut; not every file system can promise it. */
async function syncDirectory(folder: string): Promise<void> {
  const directory = await open(folder, 'r').catch(() => undefined)
  await directory?.sync().catch(() => {})
  await directory?.close()
}
