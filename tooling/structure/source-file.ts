import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** One source file of the workspace, by its path from the root. */
export interface SourceFile {
  path: string
  text: string
}

/** One import as it is written. */
export interface ImportSite {
  specifier: string
  kind: 'static' | 'dynamic' | 'type'
}

/** Reads every TypeScript source below the given directories, builds and dependencies left out. */
export function readSources(root: string, directories: readonly string[]): SourceFile[] {
  return directories
    .flatMap((directory) => walk(join(root, directory)))
    .map((file) => ({ path: relative(root, file), text: readFileSync(file, 'utf8') }))
}

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((found) => {
    const path = join(directory, found.name)
    if (found.isDirectory()) return ['node_modules', 'dist', 'dist-test', 'fixture'].includes(found.name) ? [] : walk(path)
    return found.name.endsWith('.ts') ? [path] : []
  })
}

const staticImport = /^\s*(import|export)\s+(type\s+)?(?:[\w$\s,*{}]*?from\s+)?['"]([^'"]+)['"]/gm
const dynamicImport = /\bimport\(\s*['"]([^'"]+)['"]/g

/** The imports of a source text. A `typeof import('x')` counts as lazy: it loads nothing. */
export function importsOf(text: string): ImportSite[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  const statics = [...code.matchAll(staticImport)].map(([, , type, specifier = '']): ImportSite => ({
    specifier,
    kind: type ? 'type' : 'static',
  }))
  const dynamics = [...code.matchAll(dynamicImport)].map(([, specifier = '']): ImportSite => ({ specifier, kind: 'dynamic' }))
  return [...statics, ...dynamics]
}
