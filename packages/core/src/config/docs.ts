import { basename, dirname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { ToolError } from '../define/error.ts'
import { homeDirectory, type Environment } from './environment.ts'
import { configurationDirectory, type ConfigurationFile } from './file.ts'

/** A folder whose Markdown the owner lends, or some files of it. */
export interface DocsFolder {
  /** What it is called in addresses: its last part, with as much before it as tells it from the others. */
  name: string
  /** Absolute. */
  path: string
  /** Names of the only files that are meant, where it is not all of it. */
  only?: readonly string[]
}

/** Where what the owner wrote down lies. */
export interface DocsConfiguration {
  folders: readonly DocsFolder[]
  /** Where the owner's own list of pitfalls may lie; the first that is there counts. */
  pitfalls: readonly string[]
}

const entriesForm = z.array(z.string().min(1))
const pitfallsFile = 'pitfalls.md'
const markdownFile = /\.(?:md|markdown)$/i

/** Reads where the owner's documents lie; whether they are there is seen when they are read. Throws `invalid_config` naming the line. */
export function docsConfiguration(
  value: unknown,
  file: ConfigurationFile | undefined,
  { directory, environment }: { directory: string; environment: Environment },
): DocsConfiguration {
  const entries = entriesForm.safeParse(value ?? [])
  if (!entries.success) throw wrong(file, [], "'docs' must be a list of folders, or of Markdown files.")
  const base = file === undefined ? directory : dirname(file.path)
  const paths = entries.data.map((entry, index) => {
    const path = resolve(base, entry === '~' || entry.startsWith('~/') ? join(homeDirectory(environment), entry.slice(1)) : entry)
    if (dirname(path) === path) throw wrong(file, [String(index)], `'${entry}' is a whole disk, not a folder of documents.`)
    return path
  })
  const twice = paths.findIndex((path, index) => paths.indexOf(path) !== index)
  if (twice !== -1) throw wrong(file, [String(twice)], `'${entries.data[twice]}' stands here twice.`)
  const places = [base, directory, configurationDirectory(environment)]
  return { folders: named(folded(paths)), pitfalls: [...new Set(places)].map((place) => join(place, pitfallsFile)) }
}

/** Files of one folder are parts of it; beside the folder itself they are nothing new. */
function folded(paths: readonly string[]): Omit<DocsFolder, 'name'>[] {
  const folders = new Map<string, string[] | undefined>()
  for (const path of paths) {
    if (!markdownFile.test(path)) folders.set(path, undefined)
    else if (!folders.has(dirname(path))) folders.set(dirname(path), [basename(path)])
    else folders.get(dirname(path))?.push(basename(path))
  }
  return [...folders].map(([path, only]) => (only === undefined ? { path } : { path, only }))
}

/** Gives each folder the shortest name that is its own. */
function named(folders: readonly Omit<DocsFolder, 'name'>[]): DocsFolder[] {
  const parts = folders.map(({ path }) => path.split(sep).filter(Boolean))
  return folders.map((folder, index) => {
    const own = parts[index] ?? []
    const nameOf = (of: readonly string[], length: number) => of.slice(-length).join('-')
    const isTaken = (length: number) => parts.some((other, at) => at !== index && nameOf(other, length) === nameOf(own, length))
    let length = 1
    while (length < own.length && isTaken(length)) length += 1
    return { name: nameOf(own, length), ...folder }
  })
}

function wrong(file: ConfigurationFile | undefined, path: readonly string[], message: string): ToolError {
  return new ToolError('invalid_config', `${file?.at('docs', ...path) ?? 'configuration'}: ${message}`, {
    hint: 'Write `docs: [./homelab-docs, ~/notes/CLAUDE.md]`; paths are relative to the file.',
  })
}
