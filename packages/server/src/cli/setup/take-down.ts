import { ToolError, type Setup } from '@rackwarden/core'
import { exitCodes } from '../failure.ts'
import { shown } from '../init/pin.ts'
import { askYes, isAsking } from '../init/questions.ts'
import { disconnect } from './finish.ts'
import { configuredToken, revocable, runEach, toldSteps, type Scene } from './scene.ts'
import { scriptOf } from './script.ts'
import { openShell } from './shell.ts'

/** The user a configured token belongs to, where a setup may have made it. */
export function userOf(values: Readonly<Record<string, unknown>> | undefined, setup: Setup): string {
  const id = values?.['tokenId']
  const user = typeof id === 'string' ? id.replace(/!.*$/s, '') : setup.user
  if (setup.userForm.test(user)) return user
  throw new ToolError('invalid_input', `The configured token belongs to ${user}, whom no setup made.`, {
    hint: 'Take it away at the target by hand, and its entry out of the file; or name the user with --user.',
  })
}

/** Takes away what a setup made, over SSH, and then what it wrote here. */
export async function takeDownOverSsh(scene: Scene): Promise<number> {
  const { setup, address, options, desk, terminal, user } = scene
  const shell = await openShell(setup, address.ssh, options, desk.runtime, terminal)
  try {
    const facts = await setup.look(shell.run, user)
    const tokens = await revocable(scene, setup.tokens(facts), undefined)
    const steps = setup.remove(user, facts, tokens)
    if (steps.length === 0) terminal.print(`There is nothing of ${user} on ${shell.name}.`)
    else {
      terminal.print(`On ${shell.name}:\n${toldSteps(scene, steps)}`)
      if (isAsking(terminal) && !(await askYes(`Do that, as ${shell.name}?`, terminal))) {
        terminal.print('Nothing was done.')
        return exitCodes.failed
      }
      const failed = await audited(scene, async () => runEach(scene, steps, shell.run))
      for (const line of failed) terminal.complain(shown(line, desk.runtime))
      // What is configured here is the one trace of what is still there.
      if (failed.length > 0) return exitCodes.failed
      terminal.print(`${user} is no more, with its tokens.`)
    }
    return await forget(scene)
  } finally {
    await shell.close()
  }
}

/** Prints what takes away what a setup made, and takes away what it wrote here. */
export async function takeDownByScript(scene: Scene): Promise<number> {
  const { setup, terminal, user } = scene
  const token = configuredToken(scene)
  terminal.complain(`In the shell of ${setup.target}, as root:\n`)
  terminal.print(scriptOf(setup.remove(user, undefined, token === undefined ? [] : [token]), scene))
  if (isAsking(terminal) && !(await askYes('Has it ended without an error? Then what was written here goes, too.', terminal))) {
    terminal.print('Nothing was changed here.')
    return exitCodes.failed
  }
  return audited(scene, async () => forget(scene))
}

async function forget(scene: Scene): Promise<number> {
  const { entry, terminal } = scene
  const stood = await entry.remove()
  terminal.print(
    stood
      ? `Took ${entry.name} out of ${entry.document.path}, and its secret away.`
      : `${entry.name} does not stand in ${entry.document.path}.`,
  )
  await disconnect(scene)
  return exitCodes.ok
}

async function audited<Result>({ desk, address, service, user }: Scene, work: () => Promise<Result>): Promise<Result> {
  const input = { service: service.name, url: address.url, user }
  return desk.audited({ tool: 'setup', result: 'approved', summary: `Took away ${user} at ${address.url}`, input }, work)
}
