import { stat } from 'node:fs/promises'
import { ToolError } from '@rackwarden/core'
import { createSecretFilter } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import { backUp, textOf, writeText } from './text-file.ts'

/** A file of somebody else's settings. */
export interface SettingsFile {
  readonly path: string
  /** What stands there; undefined where there is no file. */
  readonly text: string | undefined
}

/** Reads such a file, whether or not it is there. */
export async function openSettings(path: string): Promise<SettingsFile> {
  return { path, text: await textOf(path) }
}

/** Puts another text into the file, which stays as readable as it was; says where a copy of what it was is, if there was anything. */
export async function writeSettings({ path, text: before }: SettingsFile, text: string, newMode = 0o600): Promise<{ backup?: string }> {
  if ((await textOf(path)) !== before)
    throw new ToolError('conflict', `${path} was changed by somebody meanwhile, and was left as it is.`, { hint: 'Run the command again.' })
  if (before === undefined) {
    await writeText(path, text, newMode)
    return {}
  }
  const backup = await backUp(path)
  await writeText(path, text, (await stat(path)).mode & 0o777)
  return { backup }
}

/** The lines that go and those that come, with three around them; what looks like a secret is withheld. */
export async function differences(before: string, after: string): Promise<string> {
  const { structuredPatch } = await import('diff')
  // That a file ends without a line break is no difference anybody looks for.
  const [old, fresh] = [before, after].map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)) as [string, string]
  const { hunks } = structuredPatch('', '', old, fresh, '', '', { context: 3 })
  const lines = hunks.flatMap(({ lines: own }, index) => [...(index === 0 ? [] : ['  …']), ...own])
  const filter = createSecretFilter()
  // A reference to a token is none.
  const shown = (line: string) => (/^\s*"Authorization": "Bearer \$\{[\w:-]+\}",?$/.test(line.slice(1)) ? line : filter.text(line))
  return lines.map((line) => `${line.slice(0, 1)} ${shown(line).slice(1)}`.trimEnd()).join('\n')
}

/** Asks whoever sits there whether something may be written; throws where nobody does. */
export async function agreed({ ask }: Terminal): Promise<boolean> {
  if (ask === undefined)
    throw new ToolError('invalid_input', 'There is no terminal to ask at whether this may be written', {
      hint: 'Add --yes to write it, or --print only to see it.',
    })
  return /^y(?:es)?$/i.test((await ask('Write it? [y/N]: ')).trim())
}
