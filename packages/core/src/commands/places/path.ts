import type { Scope } from '../call.ts'
import { unknown, type Word } from '../shell/word.ts'

/** A path with its dots resolved. */
export interface Place {
  /** Absolute, or relative to a home (`~/…`) or to where the command starts. */
  path: string
  /** It went up somewhere, where a link may lead elsewhere. */
  climbs: boolean
}

/** Every place a word may name, one for each directory the script may be in; nothing where nobody knows. */
export function placesOf(word: Word, scope: Scope): Place[] | undefined {
  if (word.splits || word.text.includes(unknown)) return undefined
  const { text } = word
  if (text.startsWith('/') || text.startsWith('~')) return [normalised(text)]
  if (scope.directories.has(unknown)) return undefined
  return [...scope.directories].map((directory) => normalised(directory === '' ? text : `${directory}/${text}`))
}

/** Resolves `//`, `.` and `..` by the text alone. */
export function normalised(text: string): Place {
  const absolute = text.startsWith('/')
  const segments: string[] = []
  let climbs = false
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') {
      segments.push(segment)
      continue
    }
    climbs = true
    if (segments.length > 0 && segments.at(-1) !== '..' && !segments.at(-1)!.startsWith('~')) segments.pop()
    else if (!absolute) segments.push('..')
  }
  return { path: (absolute ? '/' : '') + segments.join('/'), climbs }
}

/** A path with `*`, `?` or `[` in it may name the other. */
export function mayName(pattern: string, path: string): boolean {
  const wanted = path.split('/')
  const given = pattern.split('/')
  return given.length === wanted.length && given.every((segment, index) => segmentFits(segment, wanted[index]!))
}

function segmentFits(pattern: string, name: string): boolean {
  if (pattern === name) return true
  if (!/[*?[]/.test(pattern)) return false
  // A bracket may hold anything; it is not read closer.
  const source = pattern
    .slice(0, 255)
    .replaceAll(/\[.*\]|[*?]|[.+^${}()|\\[\]]/g, (part) => (part === '?' ? '.' : part.startsWith('[') || part === '*' ? '*' : `\\${part}`))
    .replaceAll(/\*+/g, '.*')
  return source.split('.*').length > 6 || new RegExp(`^${source}$`, 's').test(name)
}
