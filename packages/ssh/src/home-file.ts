import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '@rackwarden/core'

/** A path as a person writes it, with `~/` for the home directory. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
}

/** Reads a file that a field of the configuration names. */
export async function readNamedFile(field: string, path: string): Promise<string> {
  try {
    return await readFile(expandHome(path), 'utf8')
  } catch (error) {
    throw new ToolError('invalid_config', `The file that ${field} names cannot be read.`, {
      hint: 'Does it exist, and may this user read it?',
      cause: error,
    })
  }
}

/** Reads a file that need not be there. */
export async function readIfThere(path: string): Promise<string> {
  return readFile(expandHome(path), 'utf8').catch(() => '')
}
