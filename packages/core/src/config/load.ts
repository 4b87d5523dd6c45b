import { z } from 'zod'
import { exposureOf } from '../call/exposure.ts'
import { ToolError } from '../define/error.ts'
import { traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'
import type { SecretFilter } from '../present/redact.ts'
import { approvalPolicy, notifyConfiguration, protectedPatterns } from './approval.ts'
import { auditPolicy } from './audit.ts'
import type { Configuration, InstanceConfiguration, ServiceConfiguration } from './configuration.ts'
import { docsConfiguration } from './docs.ts'
import { valuesFromEnvironment, variable, type Environment } from './environment.ts'
import { readConfigurationFile, type ConfigurationFile } from './file.ts'
import { httpConfiguration } from './http.ts'
import { limitsOf, serviceLimitsOf } from './limits.ts'
import { passwordsIn, resolvedFields } from './references.ts'
import { recordOf, refuseUnknown } from './shape.ts'
import { tierOf } from './tier.ts'
import { upstreamEntries } from './upstreams.ts'
import { toolsetsOn, toolsOff } from './tools.ts'
import { variablesOf } from './variables.ts'

/** What configuration is read from and for. */
export interface LoadOptions {
  services: readonly Service[]
  environment: Environment
  /** Path given by the owner; otherwise the usual places are looked at; `false` where no file counts. */
  file?: string | false | undefined
  directory: string
  secrets: SecretFilter
  /** True where every service of the file must be one of `services`; a service alone shares the hub's file. */
  strict: boolean
}

const topLevelKeys = ['tier', 'expose', 'services', 'upstreams', 'docs', 'approval', 'protect', 'audit', 'limits', 'http']
const serviceKeys = ['tier', 'tools', 'toolsets', 'limits', 'instances']

/** Reads environment and file. Throws only for what concerns the whole; a service's own trouble is held with it. */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  const file = await readConfigurationFile(options)
  const data = file?.data ?? {}
  refuseUnknown(Object.keys(data), topLevelKeys, file)
  const configured = recordOf(data['services'], 'services', file)
  if (options.strict)
    refuseUnknown(
      Object.keys(configured),
      options.services.map((service) => service.name),
      file,
      'services',
    )
  const tier =
    tierOf(await variable('RACKWARDEN_TIER', options.environment), 'RACKWARDEN_TIER', options.environment) ??
    tierOf(data['tier'], `${file?.at('tier')}: tier`, options.environment)
  const services: Record<string, ServiceConfiguration> = {}
  for (const service of options.services)
    services[service.name] = await serviceConfiguration(service, configured[service.name], file, options)
  const http = await httpConfiguration(data['http'], file, options.environment)
  const notify = await notifyConfiguration(data['approval'], file, { ...options, publicUrl: http?.publicUrl })
  const expose = exposureOf(data['expose'], `${file?.at('expose')}: expose`)
  return {
    tier: tier ?? 'observe',
    ...(expose === undefined ? {} : { expose }),
    ...(file === undefined ? {} : { file: file.path }),
    services,
    approval: approvalPolicy(data['approval'], file),
    ...(notify === undefined ? {} : { notify }),
    ...(http === undefined ? {} : { http }),
    protect: protectedPatterns(data['protect'], file),
    limits: limitsOf(data['limits'], file),
    audit: await auditPolicy(data['audit'], file, options.environment),
    // Where no file counts, nothing that lies about does.
    ...(options.file === false ? {} : { docs: docsConfiguration(data['docs'], file, options) }),
    ...(await upstreamsOf(data['upstreams'], file, options)),
  }
}

/** A service alone mounts none; a hub without any does not pay for how they are read. */
async function upstreamsOf(
  value: unknown,
  file: ConfigurationFile | undefined,
  { strict, environment, secrets }: LoadOptions,
): Promise<Pick<Configuration, 'upstreams'>> {
  if (value === undefined || value === null || !strict) return {}
  return { upstreams: await upstreamEntries(value, { file, environment, secrets }) }
}

async function serviceConfiguration(
  service: Service,
  raw: unknown,
  file: ConfigurationFile | undefined,
  options: LoadOptions,
): Promise<ServiceConfiguration> {
  const missing = variablesOf(service).flatMap((entry) => (entry.required && entry.names[0] !== undefined ? [entry.names[0]] : []))
  if (raw === false) return { toolsOff: [], instances: [], missing, off: true }
  try {
    const entry = recordOf(raw ?? {}, service.name, file, 'services', service.name)
    const tier = tierOf(entry['tier'], `${file?.at('services', service.name, 'tier') ?? ''}: tier`, options.environment)
    const limits = serviceLimitsOf(entry['limits'], file, service.name)
    return {
      ...(tier === undefined ? {} : { tier }),
      toolsOff: toolsOff(entry, service, file),
      ...(limits === undefined ? {} : { limits }),
      ...toolsetsOn(entry, service, file),
      instances: await instancesOf(service, entry, file, options),
      missing,
      off: false,
    }
  } catch (problem) {
    if (!ToolError.isInstance(problem)) throw problem
    return {
      tier: 'observe',
      toolsOff: [],
      instances: [{ name: 'default', problem, source: file?.path ?? 'environment' }],
      missing,
      off: false,
    }
  }
}

async function instancesOf(
  service: Service,
  entry: Record<string, unknown>,
  file: ConfigurationFile | undefined,
  options: LoadOptions,
): Promise<InstanceConfiguration[]> {
  const named =
    entry['instances'] === undefined ? undefined : recordOf(entry['instances'], 'instances', file, 'services', service.name, 'instances')
  refuseUnknown(Object.keys(entry), [...serviceKeys, ...Object.keys(service.config)], file, 'services', service.name)
  if (named !== undefined) {
    const flat = Object.keys(entry).find((key) => !serviceKeys.includes(key))
    if (flat !== undefined)
      throw new ToolError('invalid_config', `${file?.at('services', service.name, flat)}: '${flat}' stands beside 'instances'.`, {
        hint: 'Move it into each instance.',
      })
    return Promise.all(
      Object.entries(named).map(([name, values]) =>
        instance(service, name, file?.path ?? '', options, async () =>
          resolvedFields(
            recordOf(values, name, file, 'services', service.name, 'instances', name),
            Object.keys(service.config),
            file,
            options.environment,
            'services',
            service.name,
            'instances',
            name,
          ),
        ),
      ),
    )
  }
  const flat = Object.fromEntries(Object.entries(entry).filter(([key]) => !serviceKeys.includes(key)))
  if (Object.keys(flat).length > 0)
    return [
      await instance(service, 'default', file?.path ?? '', options, async () => ({
        ...(await resolvedFields(flat, Object.keys(service.config), file, options.environment, 'services', service.name)),
        ...(await valuesFromEnvironment(service, options.environment)),
      })),
    ]
  const inEnvironment = () => valuesFromEnvironment(service, options.environment)
  const required = variablesOf(service).filter((variableOf) => variableOf.required)
  const given = Object.keys(await inEnvironment().catch(() => Object.fromEntries(required.map(({ field }) => [field, true]))))
  // Settings alone (a timeout, a certificate) configure nothing; what they are for may still be found.
  if (required.length === 0 ? given.length > 0 : required.some(({ field }) => given.includes(field)))
    return [await instance(service, 'default', 'environment', options, inEnvironment)]
  const discovered = (await service.discover?.(options.environment)) ?? {}
  return Promise.all(
    Object.entries(discovered).map(([name, values]) =>
      instance(service, name, 'discovered', options, async () => ({ ...(await inEnvironment()), ...values })),
    ),
  )
}

/** Parses the values of one instance, and makes its secrets known before anything can be said about them. */
async function instance(
  service: Service,
  name: string,
  source: string,
  options: LoadOptions,
  read: () => Promise<Record<string, unknown>>,
): Promise<InstanceConfiguration> {
  try {
    return { name, source, values: parseValues(service, await read(), options.secrets) }
  } catch (problem) {
    if (!ToolError.isInstance(problem)) throw problem
    return { name, source, problem }
  }
}

/** Parses raw values of a service's fields; throws `invalid_config` naming the variable that is missing or wrong. */
export function parseValues(service: Service, raw: Record<string, unknown>, secrets: SecretFilter): Record<string, unknown> {
  for (const [field, schema] of Object.entries(service.config)) {
    const value = raw[field]
    if (typeof value !== 'string') continue
    if (traitsOf(schema).secret === true) secrets.add(value)
    else for (const password of passwordsIn(value)) secrets.add(password)
  }
  // Parsed once in the life of a process: compiling the schema for it, as zod does, takes longer.
  const parsed = z.object(service.config).safeParse(raw, { jitless: true })
  if (parsed.success) return parsed.data
  const names = new Map(variablesOf(service).map((entry) => [entry.field, entry.names[0] ?? entry.field]))
  const told = parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? '')
    return raw[field] === undefined ? `'${field}' is missing` : `'${field}': ${issue.message}`
  })
  const field = String(parsed.error.issues[0]?.path[0] ?? '')
  throw new ToolError('invalid_config', `${service.title}: ${told.join('; ')}.`, {
    hint: `Set ${names.get(field) ?? field}, or '${field}' in rackwarden.yaml.`,
    cause: parsed.error,
  })
}
