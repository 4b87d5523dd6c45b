import { access, link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { ToolError } from '../define/error.ts'
import { makeDirectory, reasonOf, systemCodeOf } from './disk.ts'

/**
 * Small records of the process on durable storage, by relative path (`plans/<name>.json`).
 * Every record has one writer; a claim is a rename, and exactly one process wins it.
 */
export interface StateStore {
  /** Absolute path of the state directory. */
  readonly directory: string
  /** The text of a record, or undefined where there is none. */
  read(path: string): Promise<string | undefined>
  /** Whether there is a record of that name. */
  has(path: string): Promise<boolean>
  /** Writes a record whole or not at all (temporary file, rename), readable by the owner only. */
  write(path: string, text: string): Promise<void>
  /** Writes a record that is not there yet; false, and nothing changed, where it is: one of several processes wins. */
  create(path: string, text: string): Promise<boolean>
  /** Moves a record; false where it was not there (any more). */
  claim(from: string, to: string): Promise<boolean>
  /** Names of the records in a directory, sorted; none where it does not exist. */
  list(directory: string): Promise<string[]>
  /** Takes a record away; nothing happens where there is none. */
  remove(path: string): Promise<void>
}

/** Temporary files live in one place of their own: never listed, and swept with one look. */
const temporaryDirectory = '.temporary'
const staleAfterMs = 3_600_000

/** Keeps records as files (0600, in directories 0700) under one directory. */
export function createFileStore(directory: string): StateStore {
  // A container's process id is nearly always 1, so it alone does not tell writers of a shared volume apart.
  let name: string | undefined
  const writer = () => (name ??= `${process.pid}-${randomBytes(6).toString('hex')}`)
  let counter = 0
  let swept = false

  const locate = (path: string): string => {
    const unsafe = path.split('/').some((part) => part === '' || part.startsWith('.') || /[\0\\:]/.test(part))
    if (unsafe) throw new ToolError('invalid_input', `${JSON.stringify(path.slice(0, 80))} cannot be the name of a record.`)
    return join(directory, path)
  }

  const writing = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action()
    } catch (error) {
      throw new ToolError('denied', `The state directory ${directory} cannot be written: ${reasonOf(error)}.`, {
        hint: 'Make it writable or set RACKWARDEN_STATE_DIR to a directory that is; until then only reads work.',
        cause: error,
      })
    }
  }

  /** Runs an action again after making its directory, so that the usual case costs nothing more. */
  const inDirectory = async <T>(path: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action()
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
      await makeDirectory(path)
      return action()
    }
  }

  const writeTemporary = async (text: string): Promise<string> => {
    const folder = join(directory, temporaryDirectory)
    const path = join(folder, `${writer()}-${(counter += 1)}`)
    const file = await inDirectory(folder, () => open(path, 'wx', 0o600))
    try {
      await file.writeFile(text)
      // Without it a power cut may leave the new name with an empty file behind it.
      await file.datasync()
      if (!swept) {
        swept = true
        // The file system's own clock: the one its modification times come from.
        await sweep(folder, (await file.stat()).mtimeMs - staleAfterMs)
      }
    } catch (error) {
      await file.close().catch(() => {})
      await unlink(path).catch(() => {})
      throw error
    }
    await file.close()
    return path
  }

  const place = async <T>(text: string, target: string, action: (temporary: string) => Promise<T>): Promise<T> => {
    const temporary = await writeTemporary(text)
    try {
      return await inDirectory(dirname(target), () => action(temporary))
    } catch (error) {
      await unlink(temporary).catch(() => {})
      throw error
    }
  }

  return {
    directory,
    async read(path) {
      try {
        return await readFile(locate(path), 'utf8')
      } catch (error) {
        if (isAbsence(error)) return undefined
        if (ToolError.isInstance(error)) throw error
        throw new ToolError('denied', `The state directory ${directory} cannot be read: ${reasonOf(error)}.`, { cause: error })
      }
    },
    has: (path) =>
      access(locate(path)).then(
        () => true,
        () => false,
      ),
    async write(path, text) {
      const target = locate(path)
      await writing(() => place(text, target, (temporary) => rename(temporary, target)))
    },
    async create(path, text) {
      const target = locate(path)
      return writing(() =>
        place(text, target, async (temporary) => {
          const created = await linkOnce(temporary, target, text)
          await unlink(temporary)
          return created
        }),
      )
    },
    async claim(from, to) {
      const [source, target] = [locate(from), locate(to)]
      return writing(async () => {
        try {
          await rename(source, target)
          return true
        } catch (error) {
          if (systemCodeOf(error) !== 'ENOENT') throw error
        }
        // Either there is nothing to claim, or nowhere to put it yet; a second try tells.
        await makeDirectory(dirname(target))
        return rename(source, target).then(
          () => true,
          (error: unknown) => {
            if (systemCodeOf(error) === 'ENOENT') return false
            throw error
          },
        )
      })
    },
    async list(folder) {
      try {
        const entries = await readdir(locate(folder), { withFileTypes: true })
        return entries
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map((entry) => entry.name)
          .toSorted()
      } catch (error) {
        if (isAbsence(error)) return []
        if (ToolError.isInstance(error)) throw error
        throw new ToolError('denied', `The state directory ${directory} cannot be read: ${reasonOf(error)}.`, { cause: error })
      }
    },
    async remove(path) {
      const target = locate(path)
      await writing(() =>
        unlink(target).catch((error: unknown) => {
          if (!isAbsence(error)) throw error
        }),
      )
    },
  }
}

function isAbsence(error: unknown): boolean {
  const code = systemCodeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}

/** Gives a finished file its name unless the name is taken. */
async function linkOnce(temporary: string, target: string, text: string): Promise<boolean> {
  try {
    await link(temporary, target)
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    if (code === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
    return writeOnce(target, text)
  }
  return true
}

/** For file systems without hard links: exclusive as well, though not whole for a reader in the same instant. */
async function writeOnce(target: string, text: string): Promise<boolean> {
  try {
    const file = await open(target, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes away what writers that died left behind. */
async function sweep(folder: string, before: number): Promise<void> {
  const names = await readdir(folder)
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const found = await stat(path).catch(() => undefined)
      if (found !== undefined && found.mtimeMs < before) await unlink(path).catch(() => {})
    }),
  )
}
