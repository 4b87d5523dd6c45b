import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'part of its path is not a directory',
  ENOENT: 'it does not exist',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EIO: 'input/output error',
}

/** The operating system's name of a failure (`ENOSPC`), where it is one. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Says in words why a file operation failed, without its path. */
export function reasonOf(error: unknown): string {
  const code = systemCodeOf(error)
  return (code && (reasons[code] ?? code)) || 'unknown failure'
}

/** Makes a directory for the owner only, parents too. */
export async function makeDirectory(path: string): Promise<void> {
  // Node's own recursive form says ENOENT where the file system of a parent is read-only.
  if (await madeDirectory(path)) return
  await makeDirectory(dirname(path))
  // Some file systems (proc) know no new names and say ENOENT whatever there is above.
  if (!(await madeDirectory(path))) throw Object.assign(new Error('no directory can be made there'), { code: 'ENOENT' })
}

/** False where the parent is missing. */
async function madeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EEXIST') return true
    if (code === 'ENOENT' && dirname(path) !== path) return false
    throw error
  }
}
