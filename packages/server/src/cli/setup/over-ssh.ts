import { ToolError, type SetupGoal, type Tier } from '@rackwarden/core'
import { exitCodes } from '../failure.ts'
import { shown } from '../init/pin.ts'
import { askYes, isAsking } from '../init/questions.ts'
import { pinFor } from './certificate.ts'
import { finish } from './finish.ts'
import { configuredToken, lineOf, newGoal, revocable, runEach, toldSteps, type Scene } from './scene.ts'
import { fingerprintIn } from './script.ts'
import { openShell, type OpenShell } from './shell.ts'
import { runSteps } from './steps.ts'
import { agree, audited, isOf, keepToken, proveAndWrite, provenConfigured } from './token.ts'

/** Makes a token over SSH, proves it, writes it down, and revokes what it replaces; whatever fails before that is taken back. */
export async function makeOverSsh(scene: Scene, tier: Tier): Promise<number> {
  const { setup, address, options, terminal, desk, user } = scene
  const shell = await openShell(setup, address.ssh, options, desk.runtime, terminal)
  try {
    const facts = await setup.look(shell.run, user)
    const tlsFingerprint = await pinFor(address.url, await fingerprintOn(shell, scene), desk.runtime)
    const kept = await keptGoal(scene, tier, { facts, tlsFingerprint })
    const replaced = await revocable(scene, setup.tokens(facts), kept?.goal.token)
    const goal = kept?.goal ?? newGoal(user, tier)
    const retiring = setup.retire(goal, facts, replaced)
    if (kept === undefined) {
      const steps = setup.grant(goal, facts)
      terminal.print(`On ${shell.name}:\n${toldSteps(scene, steps)}`)
      if (retiring.length > 0) terminal.print(`and, once it is proven:\n${toldSteps(scene, retiring)}`)
      if (isAsking(terminal) && !(await askYes(`Do that, as ${shell.name}?`, terminal))) return nothingDone(scene)
      await agree(scene, tier)
      await audited(scene, goal, async () => grantAndWrite(scene, goal, { shell, facts, tlsFingerprint }))
    } else {
      await keepToken(scene, tier, kept.proof, { tlsFingerprint })
    }
    const failed = await runEach(scene, retiring, shell.run)
    for (const line of failed) terminal.complain(shown(line, desk.runtime))
    if (failed.length === 0 && replaced.length > 0) terminal.print(`Revoked: ${replaced.map((name) => `${user}!${name}`).join(', ')}.`)
    const ended = await finish(scene)
    return failed.length > 0 ? exitCodes.failed : ended
  } finally {
    await shell.close()
  }
}

async function fingerprintOn({ run }: OpenShell, { setup }: Scene): Promise<string> {
  const { printed } = await runSteps([setup.fingerprint], run, (command) => command.join(' '))
  const fingerprint = fingerprintIn(printed.get('fingerprint') ?? '')
  if (fingerprint !== undefined) return fingerprint
  throw new ToolError('upstream', 'The machine does not tell the fingerprint of its certificate.', {
    hint: 'Is openssl there, and the certificate where it is usually?',
  })
}

/** The configured token, where it is just what is wanted. */
async function keptGoal(scene: Scene, tier: Tier, { facts, tlsFingerprint }: { facts: unknown; tlsFingerprint: string | undefined }) {
  const { setup, user } = scene
  const token = configuredToken(scene)
  if (token === undefined || !isOf(tier, token) || !setup.tokens(facts).some(({ name }) => name === token)) return undefined
  const goal: SetupGoal = { ...newGoal(user, tier), token }
  const proof = setup.isGranted(goal, facts) ? await provenConfigured(scene, tier, tlsFingerprint) : undefined
  return proof === undefined ? undefined : { goal, proof }
}

interface Granting {
  shell: OpenShell
  facts: unknown
  tlsFingerprint: string | undefined
}

async function grantAndWrite(scene: Scene, goal: SetupGoal, { shell, facts, tlsFingerprint }: Granting): Promise<void> {
  const { setup, terminal, user, address } = scene
  const done = await runSteps(setup.grant(goal, facts), shell.run, lineOf(scene))
  try {
    const tokenSecret = setup.secretIn(done.printed.get('token') ?? '')
    if (tokenSecret === undefined)
      throw new ToolError('upstream', 'The target made a token and did not tell its secret.', {
        hint: 'Is it a release that is supported?',
      })
    await proveAndWrite(scene, goal.tier, { url: address.url, tokenId: `${user}!${goal.token}`, tokenSecret, tlsFingerprint })
  } catch (error) {
    const left = await done.takeBack()
    terminal.complain(
      left.length === 0
        ? `Taken back: ${user}!${goal.token} is no more, and nothing was written.`
        : `IT COULD NOT BE TAKEN BACK. Run on ${shell.name}:\n${left.map((command) => `  ${lineOf(scene)(command)}`).join('\n')}`,
    )
    throw error
  }
}

function nothingDone({ terminal }: Scene): number {
  terminal.print('Nothing was done.')
  return exitCodes.failed
}
