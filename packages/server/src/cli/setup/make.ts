import { ToolError, type SetupGoal, type SetupProof, type Tier } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'
import { exitCodes } from '../failure.ts'
import { shown } from '../init/pin.ts'
import { askYes, isAsking } from '../init/questions.ts'
import { agreeToTiers } from '../init/raise.ts'
import { passphrasesIn } from '../passphrase.ts'
import { pinFor } from './certificate.ts'
import type { SetUpValues } from './entry.ts'
import { finish } from './finish.ts'
import { flawOf, proofOf, provenLines } from './proof.ts'
import { configuredToken, lineOf, newGoal, revocable, runEach, toldSteps, type Scene } from './scene.ts'
import { broughtBack, fingerprintIn, scriptOf, type BroughtBack } from './script.ts'
import { openShell, type OpenShell } from './shell.ts'
import { runSteps } from './steps.ts'

const tries = 5
const pauseMs = 400
const mostPastes = 5

/** Makes a token over SSH, proves it, writes it down, and revokes what it replaces; whatever fails before that is taken back. */
export async function makeOverSsh(scene: Scene, tier: Tier): Promise<number> {
  const { setup, address, options, terminal, given, desk, user } = scene
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
      await agreeToTiers(scene.application, new Map([[scene.service.name, tier]]), given, 'setup')
      await audited(scene, goal, async () => grantAndWrite(scene, goal, { shell, facts, tlsFingerprint }))
    } else {
      terminal.print(`${user}!${goal.token} is there, and exactly what ${tier} needs.\n${provenLines(kept.proof).join('\n')}`)
      await scene.entry.write(kept.values, tier)
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

/** The token that is configured, where it is just what is wanted. */
async function keptGoal(scene: Scene, tier: Tier, { facts, tlsFingerprint }: { facts: unknown; tlsFingerprint: string | undefined }) {
  const { setup, user, entry } = scene
  const token = configuredToken(scene)
  if (token === undefined || !setup.tokens(facts).some(({ name }) => name === token)) return undefined
  const goal: SetupGoal = { ...newGoal(user, tier), token }
  if (!setup.isGranted(goal, facts)) return undefined
  const proof = await provenConfigured(scene, tier, tlsFingerprint)
  return proof === undefined ? undefined : { goal, proof, values: { ...written(entry.values), url: scene.address.url, tlsFingerprint } }
}

function written(values: Scene['entry']['values']): SetUpValues {
  return values as SetUpValues
}

/** What the configured token proves; undefined where it is not one of the tier. */
async function provenConfigured(
  { service, setup, address, entry, desk }: Scene,
  tier: Tier,
  tlsFingerprint: string | undefined,
): Promise<SetupProof | undefined> {
  try {
    const proof = await proofOf(service, setup, { values: { ...entry.values, url: address.url, tlsFingerprint }, tier }, desk.runtime)
    return flawOf(proof, tier) === undefined ? proof : undefined
  } catch (error) {
    if (ToolError.isInstance(error)) return undefined
    throw error
  }
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

async function proveAndWrite(scene: Scene, tier: Tier, values: SetUpValues): Promise<void> {
  const { terminal, desk, entry } = scene
  desk.runtime.secrets.add(values.tokenSecret)
  const proof = await proven(scene, tier, values)
  terminal.print(shown(`${values.tokenId} has exactly what ${tier} needs.\n${provenLines(proof).join('\n')}`, desk.runtime))
  const paths = await entry.write(values, tier)
  terminal.print(`Wrote ${entry.name} to ${paths.join(', its secret to ')}, for this user only.`)
}

/** Other nodes of a cluster learn of a token a moment later; what it may do too much does not go by waiting. */
async function proven({ service, setup, desk }: Scene, tier: Tier, values: SetUpValues): Promise<SetupProof> {
  for (let left = tries; ; left -= 1)
    try {
      const proof = await proofOf(service, setup, { values, tier }, desk.runtime)
      const flaw = flawOf(proof, tier)
      if (flaw === undefined) return proof
      throw flaw
    } catch (error) {
      const mayPass = ToolError.isInstance(error) && (error.code === 'unauthorized' || error.code === 'forbidden')
      if (!mayPass || left <= 1) throw error
      await pause(pauseMs)
    }
}

/** Lets somebody run a script in the shell of the target, and takes over what it made. */
export async function makeByScript(scene: Scene, tier: Tier): Promise<number> {
  const { setup, address, terminal, given, user, options, entry, desk } = scene
  const tlsFingerprint = entry.values?.['tlsFingerprint']
  const proof =
    configuredToken(scene) === undefined
      ? undefined
      : await provenConfigured(scene, tier, typeof tlsFingerprint === 'string' ? tlsFingerprint : undefined)
  if (proof !== undefined) {
    terminal.print(`${user}!${configuredToken(scene)} is there, and exactly what ${tier} needs.\n${provenLines(proof).join('\n')}`)
    return finish(scene)
  }
  const goal = newGoal(user, tier)
  const before = configuredToken(scene)
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
  await agreeToTiers(scene.application, new Map([[scene.service.name, tier]]), given, 'setup')
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

async function audited({ desk, address, service }: Scene, { user, token, tier }: SetupGoal, work: () => Promise<void>): Promise<void> {
  const input = { service: service.name, url: address.url, credential: `${user}!${token}`, tier }
  await desk.audited({ tool: 'setup', result: 'approved', summary: `Made ${user}!${token} at ${address.url}, tier ${tier}`, input }, work)
}

function nothingDone({ terminal }: Scene): number {
  terminal.print('Nothing was done.')
  return exitCodes.failed
}
