import { ToolError, type Service, type Setup, type Tier } from '@rackwarden/core'
import type { Application } from '../../application.ts'
import { atDesk } from '../desk.ts'
import { exitCodes } from '../failure.ts'
import { namedClient } from '../init/clients.ts'
import { isAsking } from '../init/questions.ts'
import type { Terminal } from '../terminal.ts'
import { openConfiguration } from './entry.ts'
import { makeByScript } from './by-script.ts'
import { makeOverSsh } from './over-ssh.ts'
import { addressFor, bootstrapFor, tierFor, userFor } from './questions.ts'
import { configuredToken, newGoal, type Scene } from './scene.ts'
import { scriptOf } from './script.ts'
import type { SetupOptions } from './setup-options.ts'
import { takeDownByScript, takeDownOverSsh, userOf } from './take-down.ts'

/** Makes a credential for exactly one tier at a target, proves it and writes it down; or takes all of that away again. */
export async function setUp(application: Application, name: string | undefined, options: SetupOptions, given: Terminal): Promise<number> {
  const { dryRun = false, remove = false } = options
  const service = serviceOf(application, name)
  const terminal = terminalFor(options, given)
  // A client that is not known is better told of before anything is made.
  for (const client of options.client ?? []) namedClient(client, terminal)
  const setup = (await service.setup()).default
  return atDesk(application, {}, given, async (desk) => {
    const configuration = await openConfiguration(application, service, options, desk.runtime, terminal)
    const tier = remove ? 'observe' : await tierFor(service, options, terminal)
    const known = [...configuration.urls].filter(([instance]) => options.instance === undefined || instance === options.instance)
    const address = await addressFor(
      setup,
      options,
      known.map(([, url]) => url),
      terminal,
    )
    const entry = configuration.entryOf(address.url, options.instance)
    const user = remove && options.user === undefined ? userOf(entry.values, setup) : userFor(options, setup)
    const { quote } = await setup.shell()
    const scene: Scene = { application, service, setup, options, terminal, given, desk, address, entry, user, quote }
    if (dryRun) return tellOnly(scene, tier)
    const bootstrap = await bootstrapFor(options, terminal)
    if (remove) return await (bootstrap === 'auto' ? takeDownOverSsh(scene) : takeDownByScript(scene))
    terminal.print(`A token of ${user} at ${address.url}, for the tier ${tier}:\n${grantedLines(setup, tier)}`)
    return await (bootstrap === 'auto' ? makeOverSsh(scene, tier) : makeByScript(scene, tier))
  })
}

function serviceOf({ services, prefixed, name: bin }: Application, name: string | undefined): Service & Required<Pick<Service, 'setup'>> {
  const able = services.filter((service): service is Service & Required<Pick<Service, 'setup'>> => service.setup !== undefined)
  const found = prefixed ? able.find((service) => service.name === name) : able[0]
  if (found !== undefined && (prefixed || name === undefined || name === found.name)) return found
  throw new ToolError(
    'invalid_input',
    name === undefined ? 'It is not said what is to be set up.' : `There is no setup of '${name}' here.`,
    {
      hint: `Write ${able.map((service) => `'${bin} setup${prefixed ? ` ${service.name}` : ''}'`).join(' or ')}; for others there is '${bin} init'.`,
    },
  )
}

function terminalFor({ yes = false, dryRun = false }: SetupOptions, given: Terminal): Terminal {
  const { ask, ...rest } = given
  if (!isAsking(given) && !yes && !dryRun)
    throw new ToolError('invalid_input', 'There is no terminal to ask questions at', {
      hint: 'Add --yes, with --host, --tier and --password-file or keys of your own.',
    })
  return ask === undefined || yes ? rest : { ...rest, ask }
}

function grantedLines(setup: Setup, tier: Tier): string {
  return setup
    .granted(tier)
    .map((line) => `  ${line}`)
    .join('\n')
}

/** Prints every command, and does nothing. */
function tellOnly(scene: Scene, tier: Tier): number {
  const { setup, user, address, entry, terminal, options } = scene
  const goal = newGoal(user, tier)
  const token = configuredToken(scene)
  const before = token === undefined ? [] : [token]
  const steps =
    options.remove === true
      ? setup.remove(user, undefined, before)
      : [setup.fingerprint, ...setup.grant(goal, undefined), ...setup.retire(goal, undefined, before)]
  terminal.print(
    `# Nothing is done. On ${address.ssh.replace('ssh://', '')}:\n${scriptOf(steps, scene, options.remove === true ? undefined : `${user}!${goal.token}`)}`,
  )
  const here =
    options.remove === true
      ? [`take ${entry.name} out of ${entry.document.path}, and its secret away`]
      : [
          `compare the fingerprint with what ${address.url} shows`,
          `hold the token to the tier ${tier}:`,
          ...setup.granted(tier).map((line) => `  ${line}`),
          `ask for what ${tier} forbids, which the target has to refuse`,
          ...(setup.others === undefined
            ? []
            : [
                setup.others.title,
                'write those that show them here as otherUrls, and their fingerprints beside the first in tlsFingerprint',
              ]),
          `write ${entry.name} to ${entry.document.path}, and the secret to a file of its own`,
          ...(options.client ?? []).map((client) => `write it into the settings of ${client}`),
        ]
  terminal.print(`# And here:\n${here.map((line) => `#   ${line}`).join('\n')}`)
  return exitCodes.ok
}
