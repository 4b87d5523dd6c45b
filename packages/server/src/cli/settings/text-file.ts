import { chmod, copyFile, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ToolError } from '@rackwarden/core'

const privateMode = 0o600

/** Writes a file, whole or not at all: for this user alone unless told otherwise. A link to it stays a link. */
export async function writeText(path: string, text: string, mode = privateMode): Promise<void> {
  const place = await realpath(path).catch(() => path)
  const temporary = join(dirname(place), `.rackwarden-${process.pid}.tmp`)
  try {
    await mkdir(dirname(place), { recursive: true, mode: mode === privateMode ? 0o700 : 0o755 })
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', privateMode)
    try {
      await file.writeFile(text)
      // Run as root, it would take the file away from whom it belongs to.
      const owner = await stat(place).catch(() => undefined)
      if (owner !== undefined && process.getuid?.() === 0) await file.chown(owner.uid, owner.gid)
      await file.chmod(mode)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, place)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new ToolError('invalid_config', `${path} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}.`, {
      hint: 'Check who may write there, or name another place.',
      cause,
    })
  }
}

/** The text of a file; undefined where there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    // Reading a pipe nobody writes into would never end.
    if (!(await stat(path)).isFile()) throw Object.assign(new Error('not a file'), { code: 'it is no file' })
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ToolError('invalid_config', `${path} cannot be read: ${code ?? 'unknown error'}.`, { hint: 'Check who may read it.', cause })
  }
}

/** Keeps a copy of a file beside it, for this user only, and says where. */
export async function backUp(path: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 17)
  const backup = `${path}.backup-${stamp}`
  await copyFile(path, backup)
  await chmod(backup, 0o600)
  return backup
}
