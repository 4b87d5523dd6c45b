import { join } from 'node:path'
import { homeDirectory } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import type { ServerEntry } from './client-file.ts'

/** How a client starts what runs now, so that it reads the same configuration. */
export function clientEntry(name: string, configuration: string | undefined, terminal: Terminal): ServerEntry {
  return programEntry(name, isUsual(configuration, terminal) ? [] : ['serve', '--config', configuration], terminal)
}

/** Says whether a file is read without being named: a client has this user's home, but not the variables of this shell. */
function isUsual(configuration: string | undefined, { environment }: Terminal): configuration is undefined {
  return configuration === undefined || configuration === join(homeDirectory(environment), '.config', 'rackwarden', 'rackwarden.yaml')
}

/** How somebody else starts what runs now, with these arguments. */
export function programEntry(name: string, args: readonly string[], { program = [] }: Pick<Terminal, 'program'>): ServerEntry {
  const [node = 'node', bin = ''] = program
  const fetched = /[/\\]_npx[/\\].*?node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(bin)?.[1]
  if (fetched !== undefined) return { command: 'npx', args: ['-y', fetched.replaceAll('\\', '/'), ...args] }
  return bin === '' ? { command: name, args } : { command: node, args: [bin, ...args] }
}
