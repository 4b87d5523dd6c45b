import { join } from 'node:path'
import { homeDirectory } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import type { ServerEntry } from './client-file.ts'

/** How a client starts what runs now, so that it reads the same configuration. */
export function clientEntry(name: string, configuration: string | undefined, { program = [], environment }: Terminal): ServerEntry {
  const [node = 'node', bin = ''] = program
  // A client has this user's home, but not the variables of this shell.
  const usual = join(homeDirectory(environment), '.config', 'rackwarden', 'rackwarden.yaml')
  const serving = configuration === undefined || configuration === usual ? [] : ['serve', '--config', configuration]
  const fetched = /[/\\]_npx[/\\].*?node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(bin)?.[1]
  if (fetched !== undefined) return { command: 'npx', args: ['-y', fetched.replaceAll('\\', '/'), ...serving] }
  return bin === '' ? { command: name, args: serving } : { command: node, args: [bin, ...serving] }
}
