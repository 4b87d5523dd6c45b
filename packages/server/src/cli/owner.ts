import { ToolError } from '@rackwarden/core'
import type { Application } from '../application.ts'
import { atDesk, type Desk } from './desk.ts'
import { exitCodes } from './failure.ts'
import { askYes, isAsking } from './init/questions.ts'
import type { OpenOptions } from './open.ts'
import { askNewPassphrase, askPassphrase, passphrasesIn } from './passphrase.ts'
import { table, type Terminal } from './terminal.ts'
import { rightsOf } from './token.ts'

/** What the `owner` commands can be told. */
export interface OwnerOptions extends OpenOptions {
  passphraseFile?: string
  json?: boolean
}

/** Sets the owner's passphrase, or changes it. */
export async function setPassphrase(application: Application, options: OwnerOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const { owner } = desk
    const isChange = await owner.isSet()
    const { previous, passphrase } = await passphrases(isChange, options, terminal)
    const tool = 'owner set-passphrase'
    await owner.setPassphrase(passphrase, previous).catch(async (error: unknown) => {
      await desk.audited({ tool, result: 'error' }, () => Promise.reject(error))
    })
    const key = (await owner.fingerprint()) ?? ''
    const summary = isChange ? `The passphrase was changed; the key stays ${key}` : `A passphrase was set; the key is ${key}`
    await desk.audited({ tool, result: isChange ? 'changed' : 'set', summary, input: { key } }, () => Promise.resolve())
    const signed = await signTokens(desk, passphrase, terminal)
    if (options.json === true) terminal.print(JSON.stringify({ set: true, key, signed_tokens: signed }, null, 2))
    else {
      terminal.print(`${summary}.`)
      if (!isChange) terminal.print('Write that line down somewhere else: a key that is another one later is not yours.')
    }
    return exitCodes.ok
  })
}

/** Says whether a passphrase is set, and what its key is known by. */
export async function ownerStatus(application: Application, options: OwnerOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const key = await desk.owner.fingerprint()
    if (options.json === true) terminal.print(JSON.stringify({ set: key !== undefined, ...(key === undefined ? {} : { key }) }, null, 2))
    else if (key !== undefined) terminal.print(`A passphrase is set; the key is ${key}.`)
    else terminal.print(`No passphrase is set. Until then nothing can be approved at a shell: '${desk.command('owner set-passphrase')}'.`)
    return exitCodes.ok
  })
}

async function passphrases(isChange: boolean, { passphraseFile }: OwnerOptions, terminal: Terminal) {
  if (passphraseFile === undefined) {
    const previous = isChange ? await askPassphrase(terminal, 'Passphrase that holds now: ') : undefined
    return { previous, passphrase: await askNewPassphrase(terminal) }
  }
  const lines = await passphrasesIn(passphraseFile, terminal)
  const [previous, passphrase = ''] = isChange ? lines : [undefined, lines[0]]
  if (isChange && passphrase === '')
    throw new ToolError('invalid_input', 'The file holds one passphrase, and a change takes two.', {
      hint: 'Its first line is the one that holds now, its second the new one.',
    })
  return { previous, passphrase }
}

/** Tokens made before the passphrase go on being valid only where the owner, who sees them, says so. */
async function signTokens(desk: Desk, passphrase: string, terminal: Terminal): Promise<string[]> {
  const unsigned = await desk.tokens.unsigned()
  if (unsigned.length === 0) return []
  terminal.complain('Tokens that were made without the passphrase:')
  terminal.complain(table(unsigned.map((record) => [`  ${record.name}`, rightsOf(record)])))
  const names = unsigned.map(({ name }) => name)
  if (isAsking(terminal) && (await askYes('Are they yours, and shall they go on being valid?', terminal))) {
    const summary = `Signed the tokens ${names.join(', ')}`
    await desk.audited({ tool: 'token sign', result: 'approved', summary, input: { names } }, () => desk.tokens.sign(names, passphrase))
    return names
  }
  terminal.complain(
    "They are refused from now on. 'token rotate <name>' gives one a new secret, signed; 'token revoke <name>' takes it away.",
  )
  return []
}
