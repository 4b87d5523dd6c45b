import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'

/** What is used of an entry of `ssh_config`, as its own rules make it up. */
export interface SshHost {
  alias: string
  hostName: string
  user: string | undefined
  port: number
  identityFiles: readonly string[]
  jump: string | undefined
}

interface Block {
  /** Patterns of the `Host` line; none for what stands under a `Match`, which only ssh itself can decide. */
  patterns: readonly string[] | undefined
  settings: [string, string][]
}

const deepestInclude = 4

/** Reads a user's `~/.ssh/config` with what it includes, and gives the hosts it names without wildcards. */
export async function readSshHosts(home: string): Promise<SshHost[]> {
  const blocks = await readBlocks(join(home, '.ssh/config'), home, ['*'], 0)
  const aliases = new Set(blocks.flatMap(({ patterns = [] }) => patterns.filter((pattern) => !/[*?!]/.test(pattern))))
  return [...aliases].map((alias) => hostOf(alias, blocks, home))
}

/** The settings of one alias: of every setting the first value counts, of `IdentityFile` all do. */
function hostOf(alias: string, blocks: readonly Block[], home: string): SshHost {
  const settings = blocks.filter(({ patterns }) => patterns !== undefined && matches(alias, patterns)).flatMap((block) => block.settings)
  const first = (key: string) => settings.find(([name]) => name === key)?.[1]
  const hostName = (first('hostname') ?? alias).replaceAll('%h', alias)
  const user = first('user')
  const expand = (path: string) =>
    path
      .replace(/^~(?=\/)/, home)
      .replaceAll('%d', home)
      .replaceAll('%h', hostName)
      .replaceAll('%r', user ?? '')
  const jump = first('proxyjump')
  return {
    alias,
    hostName,
    user,
    port: Number(first('port') ?? 22),
    identityFiles: settings.flatMap(([name, value]) => (name === 'identityfile' ? [expand(value)] : [])),
    jump: jump === 'none' ? undefined : jump,
  }
}

async function readBlocks(path: string, home: string, inherited: readonly string[] | undefined, depth: number): Promise<Block[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const blocks: Block[] = [{ patterns: inherited, settings: [] }]
  for (const line of text.split(/\r?\n/)) {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? []
    const key = keyword.toLowerCase()
    const words = wordsOf(rest)
    const current = blocks.at(-1)!
    if (key === 'host') blocks.push({ patterns: words, settings: [] })
    else if (key === 'match') blocks.push({ patterns: undefined, settings: [] })
    else if (key === 'include' && depth < deepestInclude) {
      for (const pattern of words)
        for (const file of await filesOf(pattern, home)) blocks.push(...(await readBlocks(file, home, current.patterns, depth + 1)))
      blocks.push({ patterns: current.patterns, settings: [] })
    } else if (key !== '' && words[0] !== undefined) current.settings.push([key, words[0]])
  }
  return blocks
}

/** The files an `Include` names, with `*` and `?` in the last part of the path. */
async function filesOf(pattern: string, home: string): Promise<string[]> {
  const expanded = pattern.replace(/^~(?=\/)/, home)
  const path = isAbsolute(expanded) ? expanded : join(home, '.ssh', expanded)
  if (!/[*?]/.test(path)) return [path]
  const directory = dirname(path)
  if (/[*?]/.test(directory)) return []
  const names = await readdir(directory).catch(() => [])
  const wanted = path.slice(directory.length + 1)
  return names
    .filter((name) => isLike(name, wanted) && !name.startsWith('.'))
    .toSorted()
    .map((name) => join(directory, name))
}

function matches(alias: string, patterns: readonly string[]): boolean {
  if (patterns.some((pattern) => pattern.startsWith('!') && isLike(alias, pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && isLike(alias, pattern))
}

function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[$()+.[\\\]^{|}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`).test(text)
}

/** Words of a line, some of them in double quotes, up to a comment. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [word, quoted] of text.matchAll(/"([^"]*)"|\S+/g)) {
    if (quoted === undefined && word.startsWith('#')) break
    words.push(quoted ?? word)
  }
  return words
}
