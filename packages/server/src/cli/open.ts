import { demoOf, type Application } from '../application.ts'
import type { Service, Simulation } from '@rackwarden/core'
import {
  createNotifier,
  createRuntime,
  defaultApproval,
  exposureOf,
  loadConfiguration,
  localPrincipal,
  openCatalogue,
  stateDirectoryOf,
  tierOf,
  type Caller,
  type Catalogue,
  type Configuration,
  type Exposure,
  type NotifyConfiguration,
  type Runtime,
  type Tracing,
} from '@rackwarden/core/runtime'
import { join } from 'node:path'
import { textLog, type Logging } from './logging.ts'
import type { Terminal } from './terminal.ts'

/** What every command that looks at the lab can be told. */
export interface OpenOptions {
  tier?: string
  config?: string
  demo?: boolean
  /** How long a call may take before it is detached. */
  inlineBudgetMs?: number
  /** Where the log goes; a line of text each to the terminal when not given. */
  logging?: Logging
  /** Follows calls, where somebody collects that. */
  tracing?: Tracing | undefined
}

/** An application held ready for its owner. */
export interface Opened {
  catalogue: Catalogue
  runtime: Runtime
  /** The owner, as whoever runs the process. */
  caller: Caller
  /** A line for this owner's shell. */
  command: (words: string) => string
  /** Begins to connect to foreign servers, in the background: what serves does, a command that ends connects to what it needs. */
  connect: () => void
  /**
   * Reads the configuration anew and goes on with it; false where it is the same. Throws, and changes nothing, where it
   * does not hold or would raise rights.
   */
  reload: () => Promise<boolean>
  close(graceMs?: number): Promise<void>
}

/** What has been asked for is still sent when the process ends, if that takes no longer. */
const mostSendingMs = 5_000

/** Reads the configuration and holds every service ready; nobody is contacted. */
export async function openApplication(application: Application, options: OpenOptions, terminal: Terminal): Promise<Opened> {
  const runtime = openRuntime(application, options, terminal)
  const flag = tierOf(options.tier, '--tier', terminal.environment, 'invalid_input')
  const simulations = options.demo === true ? await simulationsOf(application) : undefined
  const services = application.services.filter(({ name }) => simulations === undefined || simulations.has(name))
  const read = async () => {
    const loaded = await configurationOf(application, options, terminal, runtime)
    return flag === undefined ? loaded : { ...loaded, tier: flag }
  }
  const configuration = await read()
  const command = commandFor(application, options)
  const notify = notifyOf(configuration)
  const notifier = notify === undefined ? undefined : createNotifier(runtime, notify)
  const foreign = options.demo === true ? undefined : await application.foreign?.({ runtime, configuration, services, command })
  const catalogue = openCatalogue({
    name: application.name,
    title: application.title,
    services,
    prefixed: application.prefixed,
    runtime,
    configuration,
    command,
    foreign,
    announce: notifier?.announce,
    ...(simulations === undefined ? {} : { simulations }),
    ...(options.inlineBudgetMs === undefined ? {} : { inlineBudgetMs: options.inlineBudgetMs }),
  })
  return {
    catalogue,
    runtime,
    command,
    connect: () => foreign?.connect(),
    caller: { principal: localPrincipal(), tier: configuration.tier },
    async reload() {
      const next = await read()
      refuseBroken(catalogue.configuration, next)
      return catalogue.configure(next)
    },
    async close(graceMs) {
      await Promise.all([catalogue.close(graceMs), notifier?.close(Math.min(graceMs ?? mostSendingMs, mostSendingMs))])
      await Promise.all([...(simulations?.values() ?? [])].map(async (simulation) => simulation.close?.()))
      await runtime.close()
    },
  }
}

/** At the start a service whose configuration is wrong is down and the others work; one that works is not let go for it. */
function refuseBroken(before: Configuration, next: Configuration): void {
  for (const [service, { instances }] of Object.entries(next.services))
    for (const { name, problem } of instances) {
      const was = before.services[service]?.instances.find((instance) => instance.name === name)
      if (problem !== undefined && was?.problem === undefined) throw problem
    }
}

/** How a line for the owner's shell is written. */
export function commandFor({ name }: Application, { demo = false }: OpenOptions): (words: string) => string {
  return (words) => `${name} ${words}${demo ? ' --demo' : ''}`
}

/** Tells how much a client is listed, as of each call: what the command line says, the environment, or the file of now. */
export function exposureFor(
  { catalogue }: Pick<Opened, 'catalogue'>,
  { expose }: { expose?: Exposure },
  { environment }: Terminal,
): () => Exposure {
  const said = expose ?? exposureOf(environment['RACKWARDEN_EXPOSE'] || undefined, 'RACKWARDEN_EXPOSE')
  return () => said ?? catalogue.configuration.expose ?? 'all'
}

/** How a person is told of requests for their approval, where the owner wants that. */
export function notifyOf({ notify, approval = defaultApproval }: Configuration): NotifyConfiguration | undefined {
  return approval.channels.includes('notify') ? notify : undefined
}

/** The runtime of a command; the pretend lab keeps its records apart from the real one's. */
export function openRuntime(application: Application, { demo = false, logging, tracing }: OpenOptions, terminal: Terminal): Runtime {
  const { environment } = terminal
  const apart = demo && !environment['RACKWARDEN_STATE_DIR']
  return createRuntime({
    version: application.version,
    environment,
    tracing,
    ...(logging ?? { log: textLog(application, terminal) }),
    ...(apart ? { stateDirectory: join(stateDirectoryOf(environment), 'demo') } : {}),
  })
}

/** For a pretend lab nothing counts that lies about, and of a file that is named no service: but its tier, who must agree, what is protected, and documents. */
function configurationOf(
  { services, prefixed }: Application,
  { config: file, demo = false }: OpenOptions,
  { environment, directory }: Terminal,
  { secrets }: Runtime,
): Promise<Configuration> {
  if (demo) return loadConfiguration({ services: [], environment, directory, secrets, strict: false, file: file ?? false })
  return loadConfiguration({ services, environment, directory, secrets, strict: prefixed, file })
}

async function simulationsOf(application: Application): Promise<ReadonlyMap<string, Simulation>> {
  const demo = await demoOf(application)
  const found = await Promise.all(application.services.map(async ({ name }: Service) => [name, await demo.simulationOf(name)] as const))
  return new Map(found.flatMap(([name, simulation]) => (simulation === undefined ? [] : [[name, simulation]])))
}
