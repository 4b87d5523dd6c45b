import type { Configuration, InstanceConfiguration } from '../config/configuration.ts'
import { resolveReference, variable } from '../config/environment.ts'
import { loadConfiguration, parseValues } from '../config/load.ts'
import { tierOf } from '../config/tier.ts'
import { ToolError } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { Service } from '../define/service.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Raw values of a service's fields; `env:NAME` and `file:/path` stand for what they name. */
export type GivenValues = Readonly<Record<string, unknown>>

/** Where a service's configuration is taken from: the path of a file, or values; a service alone looks in the usual places. */
export type GivenConfiguration = string | GivenValues | { readonly instances: Readonly<Record<string, GivenValues>> }

/** Reads what a service is configured with. Values that are given count alone, and throw where they are wrong. */
export async function configurationOf(service: Service, given: GivenConfiguration | undefined, runtime: Runtime): Promise<Configuration> {
  const { environment, secrets } = runtime
  if (given === undefined || typeof given === 'string')
    return loadConfiguration({ services: [service], environment, directory: process.cwd(), secrets, strict: false, file: given })
  const values = 'instances' in given ? given.instances : { default: given }
  const instances = await Promise.all(
    Object.entries(values as Readonly<Record<string, GivenValues>>).map(([name, raw]) => instanceOf(service, name, raw, runtime)),
  )
  const tier = tierOf(await variable('RACKWARDEN_TIER', environment), 'RACKWARDEN_TIER', environment) ?? 'observe'
  return { tier, services: { [service.name]: { toolsOff: [], instances, missing: [], off: false } } }
}

async function instanceOf(service: Service, name: string, raw: GivenValues, runtime: Runtime): Promise<InstanceConfiguration> {
  const known = Object.keys(service.config)
  const unknown = Object.keys(raw).find((field) => !known.includes(field))
  if (unknown !== undefined)
    throw new ToolError('invalid_config', `${service.title}: '${unknown}' is not known here.${didYouMean(unknown, known)}`, {
      hint: `Known here: ${known.join(', ')}.`,
    })
  const resolved = await Promise.all(
    Object.entries(raw).map(async ([field, value]) => [field, await resolveReference(value, runtime.environment)] as const),
  )
  return { name, source: 'given', values: parseValues(service, Object.fromEntries(resolved), runtime.secrets) }
}
