import { isAbsolute, join, resolve } from 'node:path'
import { homeDirectory } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import { exitCodes } from '../failure.ts'
import { programEntry } from '../connect/program-entry.ts'
import { agreed, differences, openSettings, writeSettings } from '../settings/settings-file.ts'
import { changeSettings, readSettings } from '../settings/settings-format.ts'
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
  const file = await openSettings(path)
  const text = file.text ?? ''
  const settings = await readSettings(text, 'json', path)
  const { hooks } = edit(settings, path)
  const changed = await changeSettings(text, 'json', { at: ['hooks'], value: hooks }, path)
  if (changed === text) {
    terminal.print(`${path}: nothing to change.`)
    return exitCodes.ok
  }
  terminal.print(`${path}\n${await differences(text, changed)}`)
  if (print) return exitCodes.ok
  if (!yes && !(await agreed(terminal))) {
    terminal.print('Nothing was written.')
    return exitCodes.failed
  }
  const { backup } = await writeSettings(file, changed)
  terminal.print(`Wrote ${path}${backup === undefined ? '' : `; what it was is in ${backup}`}. Claude Code reads it when it starts.`)
  return exitCodes.ok
}

function settingsPath(project: boolean, { environment, directory }: Terminal): string {
  const { CLAUDE_CONFIG_DIR: own = '' } = environment
  if (project) return join(directory, '.claude', 'settings.json')
  return join(isAbsolute(own) ? own : join(homeDirectory(environment), '.claude'), 'settings.json')
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
