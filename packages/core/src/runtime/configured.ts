import { isDeepStrictEqual } from 'node:util'
import type { AdmissionLimits } from '../call/admission.ts'
import type { Configuration, InstanceConfiguration } from '../config/configuration.ts'
import { defaultLimits } from '../config/limits.ts'
import { parseValues } from '../config/load.ts'
import { highestTier, lowestTier, type Tier } from '../define/access.ts'
import type { Service, Simulation } from '../define/service.ts'
import { createProtectedSet, type ProtectedSet } from '../policy/protected-set.ts'
import { defaultApproval, type ApprovalPolicy } from '../policy/required-approval.ts'
import { createInstance, type Instance } from './instance.ts'
import { mountService, type Mount } from './mount.ts'
import type { Runtime } from './runtime.ts'

/** What a process makes of a configuration: everything that is another with another one. */
export interface Configured {
  readonly configuration: Configuration
  readonly tier: Tier
  readonly mounts: readonly Mount[]
  readonly approval: ApprovalPolicy
  readonly protectedSet: ProtectedSet
  /** Every instance with what it was made from, so that the next configuration takes over those it has, too. */
  readonly instances: readonly Made[]
}

interface Made {
  service: string
  configuration: InstanceConfiguration
  admits: AdmissionLimits
  instance: Instance
}

/** What is configured, and by what names it is mounted. */
export interface ConfiguredOptions {
  services: readonly Service[]
  prefixed: boolean
  prefix?: string
  runtime: Runtime
  /** Stands in for the real upstream of each service. */
  simulations?: ReadonlyMap<string, Simulation>
}

/** Makes the mounts of a configuration; an instance that was configured alike before goes on with its client. */
export function configured(options: ConfiguredOptions, configuration: Configuration, before: readonly Made[] = []): Configured {
  const { runtime, services } = options
  const mounted = services
    .filter(({ name }) => configuration.services[name]?.off !== true)
    .map((service) => mountOf(service, options, configuration, before))
  return {
    configuration,
    tier: lowestTier(highestTier(runtime.environment), configuration.tier),
    mounts: mounted.map(({ mount }) => mount),
    approval: configuration.approval ?? defaultApproval,
    protectedSet: createProtectedSet(configuration.protect),
    instances: mounted.flatMap(({ instances }) => instances),
  }
}

function mountOf(
  service: Service,
  { runtime, prefixed, prefix, simulations }: ConfiguredOptions,
  configuration: Configuration,
  before: readonly Made[],
): { mount: Mount; instances: Made[] } {
  const held = configuration.services[service.name] ?? { toolsOff: [], instances: [], missing: [], off: false }
  const simulation = simulations?.get(service.name)
  const simulated = simulation === undefined ? undefined : (simulation.instances ?? { default: simulation })
  const found =
    simulated === undefined
      ? held.instances
      : Object.entries(simulated).map(([name, { config }]) => ({
          name,
          source: 'simulated',
          values: parseValues(service, config, runtime.secrets),
        }))
  const { callsAtOnce, callsWaiting } = { ...(configuration.limits ?? defaultLimits), ...held.limits }
  const admits = { callsAtOnce, callsWaiting }
  const instances = found.map((own): Made => {
    const same = before.find(
      (made) => made.service === service.name && isSame(made.configuration, own) && isDeepStrictEqual(made.admits, admits),
    )
    if (same !== undefined) return same
    const connection = simulated?.[own.name]?.connection
    return {
      service: service.name,
      configuration: own,
      admits,
      instance: createInstance({
        service,
        configuration: own,
        connection,
        log: runtime.log,
        tracing: runtime.tracing,
        admits: { ...admits, clock: runtime.clock },
      }),
    }
  })
  const mount = mountService(
    service,
    held,
    instances.map(({ instance }) => instance),
    prefixed,
  )
  return { mount: prefix === undefined ? mount : { ...mount, prefix }, instances }
}

/** What could not be read before may have been mended without a word of it having changed. */
function isSame(before: InstanceConfiguration, now: InstanceConfiguration): boolean {
  return (
    before.problem === undefined && now.problem === undefined && before.name === now.name && isDeepStrictEqual(before.values, now.values)
  )
}
