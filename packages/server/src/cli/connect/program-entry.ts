import { join } from 'node:path'
import { homeDirectory } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import type { ServerEntry } from './client.ts'

/** What a client is told to start. */
export interface ProgramOptions {
  /** Path of the configuration that is to be read; none where there is no file. */
  configuration?: string | undefined
  demo?: boolean | undefined
  tier?: string | undefined
  expose?: string | undefined
}

/** How a client starts what runs now, so that it reads the same configuration. */
export function clientEntry(name: string, { configuration, demo, tier, expose }: ProgramOptions, terminal: Terminal): ServerEntry {
  const flags = [
    ...(demo === true ? ['--demo'] : []),
    ...(tier === undefined ? [] : ['--tier', tier]),
    ...(expose === undefined ? [] : ['--expose', expose]),
    ...(isUsual(configuration, terminal) ? [] : ['--config', configuration]),
  ]
  return { kind: 'program', ...programEntry(name, flags.length === 0 ? [] : ['serve', ...flags], terminal) }
}

/** Says whether a file is read without being named: a client has this user's home, but not the variables of this shell. */
function isUsual(configuration: string | undefined, { environment }: Terminal): configuration is undefined {
  return configuration === undefined || configuration === join(homeDirectory(environment), '.config', 'rackwarden', 'rackwarden.yaml')
}

/** How somebody else starts what runs now, with these arguments. */
export function programEntry(
  name: string,
  args: readonly string[],
  { program = [] }: Pick<Terminal, 'program'>,
): { command: string; args: readonly string[] } {
  const [node = 'node', bin = ''] = program
  const fetched = /[/\\]_npx[/\\].*?node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(bin)?.[1]
  if (fetched !== undefined) return { command: 'npx', args: ['-y', fetched.replaceAll('\\', '/'), ...args] }
  // Whatever finds the program here, a client may have another search path than this shell.
  return bin === '' ? { command: name, args } : { command: node, args: [bin, ...args] }
}
