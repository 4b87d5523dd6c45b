import { chmod, copyFile, open, mkdir, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ToolError } from '@rackwarden/core'

/** Writes a file only this user can read, whole or not at all; a link to it stays a link. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const place = await realpath(path).catch(() => path)
  const temporary = join(dirname(place), `.rackwarden-${process.pid}.tmp`)
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, place)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new ToolError('invalid_config', `${path} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}.`, {
      hint: 'Check who may write there, or name another place with --config.',
      cause,
    })
  }
}

/** The text of a file; undefined where there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
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
