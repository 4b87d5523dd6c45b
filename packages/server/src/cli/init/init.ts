import { ToolError, type Service, type Tier } from '@rackwarden/core'
import { configurationDirectory, loadConfiguration, type Configuration, type Runtime } from '@rackwarden/core/runtime'
import { join } from 'node:path'
import type { Application } from '../../application.ts'
import { exitCodes } from '../failure.ts'
import { openRuntime } from '../open.ts'
import { table, type Terminal } from '../terminal.ts'
import { answersOf, type Answers, type InitOptions } from './answers.ts'
import { connectClients, namedClient } from './clients.ts'
import { configurationPath, openDocument, type ConfigurationDocument } from './configuration-document.ts'
import { findOffers, nameOf, newOffers, offerOf, unsupportedFinds, wantedOffers, type Offer } from './offer.ts'
import { askForMore, askTier, askWhich, isAsking } from './questions.ts'
import { agreeToTiers } from './raise.ts'
import { createSecretFiles, type SecretFiles } from './secret-files.ts'
import { writeTiers, withoutTier } from './tiers.ts'
import { tryOffer } from './trial.ts'

/** Everything one run of `init` works on. */
interface Setup {
  application: Application
  answers: Answers
  runtime: Runtime
  document: ConfigurationDocument
  configuration: Configuration
  terminal: Terminal
}

/** Finds services on this machine, tries each for real, and writes what works into `rackwarden.yaml`. */
export async function init(application: Application, options: InitOptions, given: Terminal): Promise<number> {
  const answers = answersOf(application, options, given.environment)
  const named = options.client?.map((text) => namedClient(text, given))
  const { print: printOnly = false, force = false, acceptFingerprints = false } = options
  const terminal = terminalFor(options, given)
  const runtime = openRuntime(application, {}, terminal)
  const setup: Setup = { application, answers, runtime, terminal, ...(await readSetup(application, options, terminal, runtime)) }
  const { document } = setup
  try {
    const { chosen, unmet } = await choose(setup)
    applyValues(chosen, answers)
    const kept: Offer[] = []
    for (const offer of chosen) if (await tryOffer(offer, { force, acceptFingerprints }, runtime, terminal)) kept.push(offer)
    const { secrets, tiers } = await enter(setup, kept)
    if (!printOnly) await agreeToTiers(application, tiers, given)
    if (printOnly) given.print(document.text().trimEnd())
    else await save(setup, secrets, kept)
    const isThere = document.existed || kept.length > 0
    const clients = { clients: named, printOnly, configuration: isThere ? document.path : undefined }
    const connected = await connectClients(application, clients, runtime, terminal)
    return unmet || !connected || kept.length < chosen.length ? exitCodes.failed : exitCodes.ok
  } finally {
    await runtime.close()
  }
}

async function readSetup(
  { services, prefixed }: Application,
  { config }: InitOptions,
  { directory, environment }: Terminal,
  { secrets }: Runtime,
): Promise<Pick<Setup, 'document' | 'configuration'>> {
  const path = await configurationPath(config, directory, environment)
  const document = await openDocument(path)
  // A file that is only named counts for nothing yet, and then neither does the usual one.
  const file = document.existed && path
  return { document, configuration: await loadConfiguration({ services, environment, directory, secrets, strict: prefixed, file }) }
}

/** Where nobody is to be asked, nobody can be; what is printed to be kept is kept apart from what is told. */
function terminalFor({ yes = false, print = false }: InitOptions, given: Terminal): Terminal {
  const { ask, ...rest } = given
  if (ask === undefined && !yes && !print)
    throw new ToolError('invalid_input', 'There is no terminal to ask questions at', {
      hint: 'Add --yes to take what is found on this machine, with --service, --set, --tier and --client for everything else.',
    })
  const told = print ? { ...rest, print: rest.complain } : rest
  return ask === undefined || yes ? told : { ...told, ask }
}

async function choose(setup: Setup): Promise<{ chosen: readonly Offer[]; unmet: boolean }> {
  const { application, answers, configuration, document, terminal } = setup
  const [found, unsupported] = await Promise.all([
    findOffers(application, terminal.environment, terminal.complain),
    unsupportedFinds(application, terminal.environment),
  ])
  const { fresh, known } = newOffers(found, configuration)
  const named = wantedOffers(answers, found)
  const { fresh: wanted, known: alreadyThere } = newOffers(named.chosen, configuration)
  for (const line of new Set([...known, ...alreadyThere, ...unsupported])) terminal.print(line)
  const unmet = named.nothing.filter((want) => !found.some(({ service }) => service === want.service))
  for (const { service, instance = 'default' } of unmet)
    terminal.complain(`${nameOf(service, instance)}: nothing was found. Write --service ${nameOf(service, instance)}=<address>.`)
  if (answers.wanted.length > 0) return { chosen: distinct(wanted, document), unmet: named.nothing.length > 0 }
  if (fresh.length === 0) terminal.print('Nothing new was found on this machine.')
  else {
    terminal.print('Found on this machine:')
    terminal.print(table(fresh.map((offer, index) => [`  ${index + 1}`, ...described(offer)])))
  }
  if (!isAsking(terminal))
    return {
      chosen: distinct(
        fresh.filter(({ remote }) => !remote),
        document,
      ),
      unmet: false,
    }
  const picked = fresh.length === 0 ? [] : await askWhich(fresh, terminal)
  const more = await askForMore(application, terminal)
  const added = more.map((want) => offerOf(want, found, more))
  return { chosen: distinct([...picked, ...newOffers(added, configuration).fresh], document), unmet: false }
}

function described({ service, instance, values, evidence }: Offer): string[] {
  return [nameOf(service, instance), typeof values['url'] === 'string' ? values['url'] : '', evidence]
}

/** Gives each offer an instance name that is free, in the file and among the others; a single service takes one. */
function distinct(offers: readonly Offer[], document: ConfigurationDocument): Offer[] {
  const taken = new Map<Service, Set<string>>()
  return offers.flatMap((offer) => {
    const names = taken.get(offer.service) ?? new Set(document.instancesOf(offer.service.name))
    taken.set(offer.service, names)
    if (offer.service.instances === 'single' && names.size > 0) return []
    let instance = offer.instance
    for (let number = 2; names.has(instance); number += 1) instance = `${offer.instance}-${number}`
    names.add(instance)
    return [{ ...offer, instance, values: { ...offer.values } }]
  })
}

/** Puts values of the command line in; one that fits nothing is a mistake. */
function applyValues(offers: readonly Offer[], { values }: Answers): void {
  for (const { service, instance, field, value } of values) {
    const fitting = offers.filter((offer) => offer.service === service && (instance === undefined || offer.instance === instance))
    if (fitting.length === 0)
      throw new ToolError('invalid_input', `--set ${nameOf(service, instance ?? 'default')}.${field} fits nothing that is being set up`, {
        hint: `Add --service ${nameOf(service, instance ?? 'default')}=<address>.`,
      })
    for (const offer of fitting) offer.values[field] = value
  }
}

interface Entered {
  secrets: SecretFiles
  /** Of each service whose tier is settled now. */
  tiers: ReadonlyMap<string, Tier>
}

/** Puts what is kept into the document, with the tiers; a secret that was typed in becomes a file, to be written with it. */
async function enter({ answers, document, configuration, terminal }: Setup, kept: readonly Offer[]): Promise<Entered> {
  const secrets = createSecretFiles(join(configurationDirectory(terminal.environment), 'secrets'))
  const services = withoutTier(
    document,
    kept.map(({ service }) => service),
  )
  const tiers = new Map(await inTurn(services, async (service) => [service.name, await tierFor(service, answers, terminal)] as const))
  for (const { service, instance, values } of kept) document.add(service, instance, await secrets.replaced(service, instance, values))
  // A tier that was named is meant for what is there already, too.
  for (const [name, tier] of answers.tiers) if (document.instancesOf(name).length > 0) tiers.set(name, tier)
  const raised = tiers.size > 0 ? writeTiers(document, tiers, configuration) : undefined
  if (raised !== undefined) terminal.print(`The file's own tier becomes ${raised}: a service that is added without one gets it.`)
  return { secrets, tiers }
}

async function tierFor(service: Service, { tier, tiers }: Answers, terminal: Terminal): Promise<Tier> {
  const told = tiers.get(service.name) ?? tier
  if (told !== undefined) return told
  return isAsking(terminal) ? askTier(service, terminal) : 'observe'
}

async function save({ application, document, terminal }: Setup, secrets: SecretFiles, kept: readonly Offer[]): Promise<void> {
  const paths = await secrets.save()
  const names = kept.map(({ service, instance }) => nameOf(service, instance)).join(', ')
  if (await document.save()) {
    terminal.print(`Wrote ${document.path}${names === '' ? '' : `: ${names}`}.`)
    for (const path of paths) terminal.print(`Wrote a secret to ${path}, for this user only.`)
    terminal.print(`'${application.name} doctor' looks at all of it.`)
  } else terminal.print(document.existed ? `${document.path} is left as it is.` : 'Nothing was written.')
}

/** One question after the other. */
async function inTurn<Item, Result>(items: readonly Item[], ask: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await ask(item))
  return results
}
