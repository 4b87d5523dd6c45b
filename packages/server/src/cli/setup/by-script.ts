import { ToolError, type Tier } from '@rackwarden/core'
import { exitCodes } from '../failure.ts'
import { isAsking } from '../init/questions.ts'
import { passphrasesIn } from '../passphrase.ts'
import { pinFor } from './certificate.ts'
import { finish } from './finish.ts'
import { configuredToken, newGoal, type Scene } from './scene.ts'
import { broughtBack, scriptOf, type BroughtBack } from './script.ts'
import { agree, audited, isOf, keepToken, proveAndWrite, provenConfigured } from './token.ts'

const mostPastes = 5

/** Lets somebody run a script in the shell of the target, and takes over what it made. */
export async function makeByScript(scene: Scene, tier: Tier): Promise<number> {
  const { setup, address, terminal, user, options, entry, desk } = scene
  const before = configuredToken(scene)
  const pin = entry.values?.['tlsFingerprint']
  const tlsFingerprint = typeof pin === 'string' ? pin : undefined
  const proof = before === undefined || !isOf(tier, before) ? undefined : await provenConfigured(scene, tier, tlsFingerprint)
  if (proof !== undefined) {
    await keepToken(scene, tier, proof, { tlsFingerprint })
    return finish(scene)
  }
  const goal = newGoal(user, tier)
  if (options.answerFile === undefined) {
    terminal.complain(`In the shell of ${setup.target}, as root:\n`)
    const steps = [
      setup.fingerprint,
      ...setup.grant(goal, undefined),
      ...setup.retire(goal, undefined, before === undefined ? [] : [before]),
    ]
    terminal.print(scriptOf(steps, scene, `${user}!${goal.token}`))
    if (!isAsking(terminal)) {
      terminal.complain('\nPut the line it ends with into a file, run setup again with --answer-file <file>, and delete the file.')
      return exitCodes.failed
    }
  }
  await agree(scene, tier)
  const brought = await bringBack(scene)
  desk.runtime.secrets.add(brought.tokenSecret)
  const [name = '', token = ''] = brought.tokenId.split('!')
  if (name !== user)
    throw new ToolError('invalid_input', `That is a token of ${name}, and not of ${user}.`, { hint: `Add --user ${name}, if it is meant.` })
  await audited(scene, { ...goal, token }, async () => {
    try {
      const pinned = await pinFor(address.url, brought.fingerprint, desk.runtime)
      await proveAndWrite(scene, tier, {
        url: address.url,
        tokenId: brought.tokenId,
        tokenSecret: brought.tokenSecret,
        tlsFingerprint: pinned,
      })
    } catch (error) {
      terminal.complain(`NOTHING WAS WRITTEN, AND THE TOKEN IS STILL THERE. Take it back, in the same shell:\n`)
      terminal.print(scriptOf(setup.remove(user, undefined, [token]), scene))
      throw error
    }
  })
  return finish(scene)
}

/** What the script ended with: out of a file, or pasted, unseen. */
async function bringBack({ setup, options, terminal }: Scene): Promise<BroughtBack> {
  if (options.answerFile !== undefined) return broughtBack((await passphrasesIn(options.answerFile, terminal)).join('\n'), setup)
  if (!isAsking(terminal)) throw new ToolError('invalid_input', 'There is no terminal to paste at.', { hint: 'Add --answer-file.' })
  for (let left = mostPastes; ; left -= 1)
    try {
      return broughtBack(await terminal.ask('Paste the line it ends with, unseen: ', { hidden: true }), setup)
    } catch (error) {
      if (!ToolError.isInstance(error) || error.code !== 'invalid_input' || left <= 1) throw error
      terminal.complain(error.message)
    }
}
