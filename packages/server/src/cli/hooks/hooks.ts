import { isAbsolute, join, resolve } from 'node:path'
import { ToolError } from '@rackwarden/core'
import { homeDirectory } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import { exitCodes } from '../failure.ts'
import { programEntry } from '../init/client-entry.ts'
import { readJsonFile, textWith, writeJsonFile } from '../json-file.ts'
import type { Terminal } from '../terminal.ts'
import { withHook, withoutHook } from './settings-hook.ts'

/** What the `hooks` commands can be told. */
export interface HooksOptions {
  /** The settings of the project in the working directory instead of this user's. */
  project?: boolean
  /** Judges every command, not only those that reach a host. */
  all?: boolean
  config?: string
  yes?: boolean
  print?: boolean
}

/** Puts the hook into Claude Code's settings, after showing what changes. */
export async function installHooks({ name }: Application, options: HooksOptions, terminal: Terminal): Promise<number> {
  const { all = false, config } = options
  const further = [...(all ? ['--all'] : []), ...(config === undefined ? [] : ['--config', resolve(terminal.directory, config)])]
  const { command, args } = programEntry(name, ['hook', 'pre-tool-use', ...further], terminal)
  const line = [command, ...args].map(quoted).join(' ')
  return change((settings, path) => withHook(settings, line, path), options, terminal)
}

/** Takes the hook out of Claude Code's settings again, and nothing else. */
export async function removeHooks(options: HooksOptions, terminal: Terminal): Promise<number> {
  return change(withoutHook, options, terminal)
}

type Settings = Readonly<Record<string, unknown>>

async function change(
  edit: (settings: Settings, path: string) => Settings,
  { project = false, yes = false, print = false }: HooksOptions,
  terminal: Terminal,
): Promise<number> {
  const path = settingsPath(project, terminal)
  const file = await readJsonFile(path)
  const data = edit(file.data, path)
  if (data === file.data) {
    terminal.print(`${path}: nothing to change.`)
    return exitCodes.ok
  }
  terminal.print(`${path}\n${differences(file.text ?? '', textWith(file, data))}`)
  if (print) return exitCodes.ok
  if (!yes && !(await agreed(terminal))) {
    terminal.print('Nothing was written.')
    return exitCodes.failed
  }
  const { backup } = await writeJsonFile(file, data)
  terminal.print(`Wrote ${path}${backup === undefined ? '' : `; what it was is in ${backup}`}. Claude Code reads it when it starts.`)
  return exitCodes.ok
}

function settingsPath(project: boolean, { environment, directory }: Terminal): string {
  const { CLAUDE_CONFIG_DIR: own = '' } = environment
  if (project) return join(directory, '.claude', 'settings.json')
  return join(isAbsolute(own) ? own : join(homeDirectory(environment), '.claude'), 'settings.json')
}

async function agreed({ ask }: Terminal): Promise<boolean> {
  if (ask === undefined)
    throw new ToolError('invalid_input', 'There is no terminal to ask at whether this may be written', {
      hint: 'Add --yes to write it, or --print only to see it.',
    })
  return /^y(?:es)?$/i.test((await ask('Write it? [y/N]: ')).trim())
}

/** The lines that go and those that come, with three around them. */
function differences(before: string, after: string): string {
  const [old, fresh] = [before, after].map((text) => text.replace(/\n$/, '').split('\n')) as [string[], string[]]
  let start = 0
  while (start < Math.min(old.length, fresh.length) && old[start] === fresh[start]) start += 1
  let end = 0
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1
  const marked = (sign: string, lines: readonly string[]) => lines.map((line) => `${sign} ${line}`.trimEnd())
  return [
    ...marked(' ', fresh.slice(Math.max(0, start - 3), start)),
    ...(before === '' ? [] : marked('-', old.slice(start, old.length - end))),
    ...marked('+', fresh.slice(start, fresh.length - end)),
    ...marked(' ', fresh.slice(fresh.length - end, fresh.length - end + 3)),
  ].join('\n')
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
