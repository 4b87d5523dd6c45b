import { ToolError } from '@rackwarden/core'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Desk } from './desk.ts'
import type { Terminal } from './terminal.ts'

/** Asks the owner for their passphrase, unseen; it comes from a keyboard and from nowhere else. */
export async function askPassphrase({ ask }: Terminal, question = 'Passphrase: '): Promise<string> {
  if (ask === undefined)
    throw new ToolError('denied', 'The passphrase is asked for at a terminal, and there is none.', {
      hint: 'Run the command in a terminal of your own: no argument, variable or tool takes the passphrase.',
    })
  const passphrase = await ask(question, { hidden: true })
  if (passphrase !== '') return passphrase
  throw new ToolError('denied', 'No passphrase was given.', { hint: 'Nothing was done.' })
}

/** The passphrase that a decision takes; throws before it asks where none is set that could be right. */
export async function passphraseOf({ owner, command }: Desk, question: string, terminal: Terminal): Promise<string> {
  if (await owner.isSet()) return askPassphrase(terminal, question)
  throw new ToolError('denied', 'This takes the passphrase of the owner, and none is set.', {
    hint: `Run '${command('owner set-passphrase')}' in a terminal of your own.`,
  })
}

/** The passphrase that a raise of rights takes; undefined while the owner has set none. */
export async function passphraseFor({ owner }: Desk, what: string, terminal: Terminal): Promise<string | undefined> {
  return (await owner.isSet()) ? askPassphrase(terminal, `Passphrase, for ${what}: `) : undefined
}

/** Asks for a passphrase to be, twice. */
export async function askNewPassphrase(terminal: Terminal): Promise<string> {
  const passphrase = await askPassphrase(terminal, 'New passphrase: ')
  if (passphrase === (await askPassphrase(terminal, 'The same again: '))) return passphrase
  throw new ToolError('invalid_input', 'The two are not the same.', { hint: 'Nothing was set.' })
}

/** Passphrases from a file or a descriptor such as /dev/fd/3, a line each. */
export async function passphrasesIn(path: string, { directory }: Terminal): Promise<string[]> {
  try {
    return (await readFile(resolve(directory, path), 'utf8')).split(/\r?\n/)
  } catch (cause) {
    throw new ToolError('invalid_input', `The file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'Name a file, or a descriptor such as /dev/fd/3.',
      cause,
    })
  }
}
