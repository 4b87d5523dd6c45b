import type { Dirent } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { DocsFolder } from '../config/docs.ts'
import { reasonOf, systemCodeOf } from '../record/disk.ts'

/** A Markdown file of a folder, as it was when the folder was looked at. */
export interface DocumentFile {
  /** Relative to its folder, with `/` between its parts. */
  path: string
  /** Where it lies, links followed. */
  absolute: string
  bytes: number
  modifiedMs: number
}

/** Files that were left out for one reason. */
export interface LeftOut {
  why: string
  count: number
  /** The first of them. */
  example: string
}

/** A configured folder as it is on disk. */
export interface DocumentFolder {
  name: string
  path: string
  /** Why nothing of it can be read. */
  problem?: string
  /** Sorted by path. */
  files: readonly DocumentFile[]
  leftOut: readonly LeftOut[]
}

/** How much of what lies there is looked at; an allowance is shared by all folders. */
export interface Allowance {
  files: number
  bytes: number
  entries: number
}

/** The largest document; what is larger was written by a program, and is no help to anybody. */
export const largestDocument = 1_048_576
const deepest = 20
const markdown = /\.(?:md|markdown)$/i
const atOnce = 32

/** What all folders together may hold. */
export function fullAllowance(): Allowance {
  return { files: 10_000, bytes: 50 * 1_048_576, entries: 100_000 }
}

/** Looks through a folder for Markdown; follows no link that leads out of it, and none to a folder. Never throws. */
export async function lookThrough({ name, path, only }: DocsFolder, allowance: Allowance): Promise<DocumentFolder> {
  const leftOut = new Map<string, LeftOut>()
  const leave = (example: string, why: string) => {
    const known = leftOut.get(why)
    leftOut.set(why, known === undefined ? { why, count: 1, example } : { ...known, count: known.count + 1 })
  }
  const files: DocumentFile[] = []
  const links: string[] = []
  const told = (problem?: string): DocumentFolder => ({
    name,
    path,
    ...(problem === undefined ? {} : { problem }),
    files: files.toSorted((first, second) => (first.path < second.path ? -1 : 1)),
    leftOut: [...leftOut.values()],
  })

  let root: string
  try {
    root = await realpath(path)
    if (!(await stat(root)).isDirectory()) return told('it is a file, and not one of Markdown')
  } catch (error) {
    return told(problemOf(error))
  }

  /** Adds a file where there is room for it. */
  const take = async (relative: string, absolute: string): Promise<void> => {
    const status = await lstat(absolute)
    const { size, mtimeMs } = status
    if (!status.isFile()) leave(relative, 'not a file')
    else if (size > largestDocument) leave(relative, 'larger than 1 MB')
    else if (allowance.files <= 0) leave(relative, 'beyond 10,000 files')
    else if (allowance.bytes < size) leave(relative, 'beyond 50 MB in all')
    else {
      allowance.files -= 1
      allowance.bytes -= size
      files.push({ path: relative, absolute, bytes: size, modifiedMs: mtimeMs })
    }
  }

  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > deepest) return leave(folder, 'nested deeper than 20 folders')
    let entries: Dirent[]
    try {
      entries = await readdir(join(root, folder), { withFileTypes: true })
    } catch (error) {
      return leave(folder === '' ? name : folder, `cannot be read (${reasonOf(error)})`)
    }
    const sorted = entries.toSorted((first, second) => (first.name < second.name ? -1 : 1))
    const found: string[] = []
    for (const entry of sorted) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`
      if ((allowance.entries -= 1) < 0) return leave(relative, 'beyond 100,000 entries')
      if (entry.isDirectory() && !isHidden(entry.name)) await walk(relative, depth + 1)
      else if (!markdown.test(entry.name)) continue
      else if (entry.isSymbolicLink()) links.push(relative)
      else found.push(relative)
    }
    for (let start = 0; start < found.length; start += atOnce)
      await Promise.all(
        found.slice(start, start + atOnce).map(async (relative) => {
          // What is taken away meanwhile is not there.
          await take(relative, join(root, relative)).catch(() => undefined)
        }),
      )
  }

  if (only === undefined) await walk('', 0)
  else links.push(...only)
  const known = new Set(files.map(({ absolute }) => absolute))
  for (const relative of links) {
    try {
      const target = await realpath(join(root, relative))
      if (known.has(target)) continue
      // A file the owner named is meant, wherever it lies.
      if (only === undefined && !target.startsWith(root + sep)) leave(relative, 'a link that leads out of the folder')
      else await take(relative, target)
      known.add(target)
    } catch (error) {
      leave(relative, only === undefined ? 'a link that leads nowhere' : problemOf(error))
    }
  }
  return told()
}

/** Folders of tools, as `.git` and `.obsidian`, and of other people's packages; what an assistant was told stays. */
function isHidden(name: string): boolean {
  return (name.startsWith('.') && name !== '.claude') || name === 'node_modules'
}

function problemOf(error: unknown): string {
  const code = systemCodeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it is not there'
  return code === 'ELOOP' ? 'its links lead in a circle' : `it cannot be read (${reasonOf(error)})`
}
