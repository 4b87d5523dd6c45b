import { demoOf, type Application } from '../application.ts'
import type { Service, Simulation, Tier } from '@rackwarden/core'
import {
  createRuntime,
  loadConfiguration,
  localPrincipal,
  openCatalogue,
  stateDirectoryOf,
  tierOf,
  type Caller,
  type Catalogue,
  type Configuration,
  type Runtime,
} from '@rackwarden/core/runtime'
import { join } from 'node:path'
import type { Terminal } from './terminal.ts'

/** What every command that looks at the lab can be told. */
export interface OpenOptions {
  tier?: string
  config?: string
  demo?: boolean
  /** How long a call may take before it is detached. */
  inlineBudgetMs?: number
}

/** An application held ready for its owner. */
export interface Opened {
  catalogue: Catalogue
  runtime: Runtime
  /** The owner, as whoever runs the process. */
  caller: Caller
  close(graceMs?: number): Promise<void>
}

/** Reads the configuration and holds every service ready; nobody is contacted. */
export async function openApplication(application: Application, options: OpenOptions, terminal: Terminal): Promise<Opened> {
  const runtime = openRuntime(application, options, terminal)
  const flag = tierOf(options.tier, '--tier', terminal.environment, 'invalid_input')
  const simulations = options.demo === true ? await simulationsOf(application) : undefined
  const services = application.services.filter(({ name }) => simulations === undefined || simulations.has(name))
  const loaded = simulations === undefined ? await configurationOf(application, options, terminal, runtime) : pretendConfiguration(terminal)
  const configuration = flag === undefined ? loaded : { ...loaded, tier: flag }
  const catalogue = openCatalogue({
    name: application.name,
    title: application.title,
    services,
    prefixed: application.prefixed,
    runtime,
    configuration,
    ...(simulations === undefined ? {} : { simulations }),
    ...(options.inlineBudgetMs === undefined ? {} : { inlineBudgetMs: options.inlineBudgetMs }),
  })
  return {
    catalogue,
    runtime,
    caller: { principal: localPrincipal(), tier: configuration.tier },
    async close(graceMs) {
      await catalogue.close(graceMs)
      await Promise.all([...(simulations?.values() ?? [])].map(async (simulation) => simulation.close?.()))
      await runtime.close()
    },
  }
}

/** The runtime of a command; the pretend lab keeps its records apart from the real one's. */
export function openRuntime(application: Application, { demo = false }: OpenOptions, { environment, complain }: Terminal): Runtime {
  const apart = demo && !environment['RACKWARDEN_STATE_DIR']
  return createRuntime({
    version: application.version,
    environment,
    log: (level, message) => complain(`${application.name}: ${level}: ${message}`),
    ...(apart ? { stateDirectory: join(stateDirectoryOf(environment), 'demo') } : {}),
  })
}

function configurationOf(
  { services, prefixed }: Application,
  { config: file }: OpenOptions,
  { environment, directory }: Terminal,
  { secrets }: Runtime,
): Promise<Configuration> {
  return loadConfiguration({ services, environment, directory, secrets, strict: prefixed, file })
}

/** Nothing of the owner's is read for a pretend lab but the tier. */
function pretendConfiguration({ environment }: Terminal): Configuration {
  const tier: Tier = tierOf(environment['RACKWARDEN_TIER'] || undefined, 'RACKWARDEN_TIER', environment) ?? 'observe'
  return { tier, services: {} }
}

async function simulationsOf(application: Application): Promise<ReadonlyMap<string, Simulation>> {
  const demo = await demoOf(application)
  const found = await Promise.all(application.services.map(async ({ name }: Service) => [name, await demo.simulationOf(name)] as const))
  return new Map(found.flatMap(([name, simulation]) => (simulation === undefined ? [] : [[name, simulation]])))
}
