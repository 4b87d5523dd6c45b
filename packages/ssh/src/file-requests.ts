import type { Attributes, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'

type Done<T> = (error: Error | undefined, value: T) => void

const endOfFile = 1
const pieceBytes = 32 * 1024

/** The requests of SFTP that files need, each as a promise. */
export interface FileRequests {
  open(path: string, flags: 'r' | 'wx', mode?: number): Promise<Buffer>
  /** Closes a file or directory; that it fails is told by what came before. */
  close(handle: Buffer): Promise<void>
  /** At most a piece from a position on; empty at the end. */
  read(handle: Buffer, position: number, bytes: number): Promise<Buffer>
  write(handle: Buffer, position: number, content: Buffer): Promise<void>
  setAttributes(handle: Buffer, attributes: Partial<Attributes>): Promise<void>
  /** Onto the disk, where the server knows how. */
  sync(handle: Buffer): Promise<void>
  stat(path: string): Promise<Stats>
  linkStat(path: string): Promise<Stats>
  realPath(path: string): Promise<string>
  /** Replaces what is at the target in one step, where the server knows how. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  openDirectory(path: string): Promise<Buffer>
  /** Some entries; empty at the end. */
  readDirectory(handle: Buffer): Promise<FileEntryWithStats[]>
}

/** Speaks SFTP over an open channel; whatever is under way fails with `lost` when it closes. */
export function fileRequests(sftp: SFTPWrapper): FileRequests {
  const ask = async <T>(request: (done: Done<T>) => unknown): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      request((error, value) => (error === undefined || error === null ? resolve(value) : reject(error)))
    })
  const atEnd = async <T>(work: Promise<T>, empty: T): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if ((error as { code?: number }).code === endOfFile) return empty
      throw error
    }
  }
  return {
    open: async (path, flags, mode) => ask<Buffer>((done) => sftp.open(path, flags, mode ?? 0o600, done)),
    close: async (handle) =>
      ask<void>((done) => sftp.close(handle, done as Done<void> & ((error: unknown) => void))).catch(() => undefined),
    async read(handle, position, bytes) {
      const piece = Buffer.alloc(Math.min(bytes, pieceBytes))
      const request = ask<number>((done) => sftp.read(handle, piece, 0, piece.length, position, done))
      return piece.subarray(0, await atEnd(request, 0))
    },
    async write(handle, position, content) {
      for (let at = 0; at < content.length; at += pieceBytes) {
        const piece = content.subarray(at, at + pieceBytes)
        await ask<void>((done) => sftp.write(handle, piece, 0, piece.length, position + at, done as (error: unknown) => void))
      }
    },
    setAttributes: async (handle, attributes) => ask<void>((done) => sftp.fsetstat(handle, attributes, done as (error: unknown) => void)),
    sync: async (handle) => ask<void>((done) => sftp.ext_openssh_fsync(handle, done as (error: unknown) => void)).catch(ignoreUnknown),
    stat: async (path) => ask<Stats>((done) => sftp.stat(path, done)),
    linkStat: async (path) => ask<Stats>((done) => sftp.lstat(path, done)),
    realPath: async (path) => ask<string>((done) => sftp.realpath(path, done)),
    rename: async (from, to) =>
      ask<void>((done) => sftp.ext_openssh_rename(from, to, done as (error: unknown) => void)).catch(async (error: unknown) => {
        ignoreUnknown(error)
        // What SFTP itself has refuses to replace anything.
        await ask<void>((done) => sftp.rename(from, to, done as (error: unknown) => void))
      }),
    remove: async (path) => ask<void>((done) => sftp.unlink(path, done as (error: unknown) => void)),
    openDirectory: async (path) => ask<Buffer>((done) => sftp.opendir(path, done)),
    readDirectory: async (handle) =>
      atEnd(
        ask<FileEntryWithStats[]>((done) => sftp.readdir(handle, done)),
        [],
      ),
  }
}

function ignoreUnknown(error: unknown): void {
  if (!/does not support/i.test((error as Error).message)) throw error
}
