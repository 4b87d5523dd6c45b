import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import { ToolError } from '@rackwarden/core'
import type { Stats } from 'ssh2'
import { fileFailure } from './failure.ts'
import type { FileRequests } from './file-requests.ts'
import type { WithFiles } from './file-session.ts'
import type { RemoteContent, RemoteEntry, RemoteFiles } from './remote-files.ts'

const defaultMaxBytes = 1024 * 1024
const defaultMost = 10_000
const permissions = 0o7777

/** Makes the files of a host from a way to its SFTP. */
export function createFiles(withFiles: WithFiles): RemoteFiles {
  const at = async <T>(path: string, signal: AbortSignal | undefined, work: (requests: FileRequests) => Promise<T>): Promise<T> => {
    if (path === '' || path.includes('\0')) throw new ToolError('invalid_input', 'The path of the file is empty or holds a NUL character.')
    return withFiles(async (requests, { address }) => {
      try {
        return await work(requests)
      } catch (error) {
        throw fileFailure(error, address, path)
      }
    }, signal)
  }
  return {
    read: async (path, { start = 0, maxBytes = defaultMaxBytes, signal } = {}) =>
      at(path, signal, async (requests) => readFile(requests, path, start, maxBytes)),
    write: async (path, content, { mode, signal } = {}) =>
      at(path, signal, async (requests) => replaceFile(requests, path, Buffer.from(content), mode)),
    list: async (path, { most = defaultMost, signal } = {}) => at(path, signal, async (requests) => listDirectory(requests, path, most)),
    stat: async (path, { signal } = {}) => at(path, signal, async (requests) => entryOf(posix.basename(path), await requests.stat(path))),
  }
}

async function readFile(requests: FileRequests, path: string, start: number, maxBytes: number): Promise<RemoteContent> {
  refuseIrregular(path, await requests.stat(path))
  const handle = await requests.open(path, 'r')
  try {
    const pieces: Buffer[] = []
    let length = 0
    // One byte more than is wanted tells whether the file goes on.
    while (length <= maxBytes) {
      const piece = await requests.read(handle, start + length, maxBytes + 1 - length)
      if (piece.length === 0) break
      pieces.push(piece)
      length += piece.length
    }
    return { content: Buffer.concat(pieces).subarray(0, maxBytes), truncated: length > maxBytes }
  } finally {
    await requests.close(handle)
  }
}

async function replaceFile(requests: FileRequests, path: string, content: Buffer, mode = 0o600): Promise<void> {
  const there = await ifThere(requests.linkStat(path))
  const target = there?.isSymbolicLink() === true ? await requests.realPath(path) : path
  const old = there?.isSymbolicLink() === true ? await ifThere(requests.stat(target)) : there
  if (old !== undefined) refuseIrregular(target, old)
  const temporary = posix.join(posix.dirname(target), `.${posix.basename(target)}.${randomBytes(6).toString('hex')}`)
  const handle = await requests.open(temporary, 'wx', 0o600)
  try {
    try {
      await requests.write(handle, 0, content)
      const made = old === undefined ? undefined : await requests.stat(temporary)
      if (old !== undefined && made !== undefined && (made.uid !== old.uid || made.gid !== old.gid))
        await requests.setAttributes(handle, { uid: old.uid, gid: old.gid })
      // After the owner, whose change takes some bits away.
      await requests.setAttributes(handle, { mode: (old?.mode ?? mode) & permissions })
      await requests.sync(handle)
    } finally {
      await requests.close(handle)
    }
    await requests.rename(temporary, target)
  } catch (error) {
    await requests.remove(temporary).catch(() => undefined)
    throw error
  }
}

async function listDirectory(requests: FileRequests, path: string, most: number): Promise<{ entries: RemoteEntry[]; truncated: boolean }> {
  const handle = await requests.openDirectory(path)
  try {
    const entries: RemoteEntry[] = []
    while (entries.length <= most) {
      const some = await requests.readDirectory(handle)
      if (some.length === 0) break
      for (const { filename, attrs } of some) if (filename !== '.' && filename !== '..') entries.push(entryOf(filename, attrs))
    }
    const sorted = entries.slice(0, most).toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return { entries: sorted, truncated: entries.length > most }
  } finally {
    await requests.close(handle)
  }
}

async function ifThere<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look
  } catch (error) {
    if ((error as { code?: number }).code === 2) return undefined
    throw error
  }
}

// A pipe or a device may never come to an end, and stops the whole channel while it is waited for.
function refuseIrregular(path: string, found: Stats): void {
  if (kindOf(found.mode) !== 'file') throw new ToolError('invalid_input', `${path} is no regular file but a ${nameOf(found.mode)}.`)
}

function entryOf(name: string, { size, mode, uid, gid, mtime }: Pick<Stats, 'size' | 'mode' | 'uid' | 'gid' | 'mtime'>): RemoteEntry {
  return { name, kind: kindOf(mode), size, mode: mode & permissions, owner: uid, group: gid, modified: mtime * 1000 }
}

function kindOf(mode: number): RemoteEntry['kind'] {
  const format = mode & 0o170000
  if (format === 0o100000) return 'file'
  if (format === 0o040000) return 'directory'
  return format === 0o120000 ? 'link' : 'other'
}

function nameOf(mode: number): string {
  return kindOf(mode) === 'other' ? 'pipe, socket or device' : kindOf(mode)
}
