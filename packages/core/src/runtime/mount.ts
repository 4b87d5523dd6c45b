import { registeredTool, type RegisteredTool } from '../call/registered-tool.ts'
import type { ServiceConfiguration } from '../config/configuration.ts'
import type { Tier } from '../define/access.ts'
import type { KeptBackups } from '../define/backup.ts'
import { prefixOf, type ConfigShape, type Service } from '../define/service.ts'
import type { Pitfall } from '../define/pitfall.ts'
import type { TaskState } from '../define/task.ts'
import type { Toolset } from '../define/toolset.ts'
import type { Watchers } from '../define/watch.ts'
import type { WayBack } from '../define/way-back.ts'
import type { Asset, CensusItem, FacetContext, Finding, Health, MirroredFacts, Rights } from '../define/facet.ts'
import type { Instance } from './instance.ts'

/** What the tools over all services are a service of. */
export const ownService = 'rackwarden'

/** The facets of a mounted service, by instance. */
export interface Facets {
  health(client: unknown, context: FacetContext): Promise<Health>
  findings(client: unknown, context: FacetContext): Promise<readonly Finding[]>
  mirrored(client: unknown, context: FacetContext): Promise<MirroredFacts>
  assets(client: unknown, context: FacetContext): Promise<readonly Asset[]>
  census(client: unknown, context: FacetContext): Promise<readonly CensusItem[]>
  backups(client: unknown, context: FacetContext): Promise<KeptBackups>
  rights(client: unknown, context: FacetContext): Promise<Rights | undefined>
  task?(client: unknown, task: string, context: FacetContext): Promise<TaskState | undefined>
}

/** One service as a process holds it: its tools, its instances and what was configured. */
export interface Mount {
  readonly service: string
  readonly title: string
  /** Put before every tool's name; empty for a service alone. */
  readonly prefix: string
  /** The service's own ceiling, where one was set. */
  readonly tier: Tier | undefined
  readonly tools: ReadonlyMap<string, RegisteredTool>
  readonly instances: readonly Instance[]
  /** Whether all its instances are to hold the same. */
  readonly isMirrored: boolean
  /** Where the owner says what access its tools are of, where that is theirs to say. */
  readonly accessSetting?: string
  /** Whether its tools are left out of the lists for now; called all the same, they say why. */
  readonly isWithdrawn?: boolean
  /** Variables that would configure it, where nothing does. */
  readonly missing: readonly string[]
  readonly facets: Facets | undefined
  /** How what it watches things with is paused. */
  readonly watchers: Watchers<unknown> | undefined
  /** How what is written to inside of its assets can be had back. */
  readonly wayBack?: WayBack | undefined
  /** What surprises about its upstream. */
  readonly pitfalls?: () => Promise<readonly Pitfall[]>
  /** What its tools are grouped into; nothing where they are few. */
  readonly toolsets?: ReadonlyMap<string, Toolset>
  /** The toolsets the owner named; what is on by default where they named none. */
  readonly toolsetsOn?: readonly string[] | undefined
  /** The fields of its configuration; none for the tools over all services. */
  readonly fields: ConfigShape
}

/** Holds a service ready: its tools by unprefixed name, less those switched off. */
export function mountService(
  service: Service,
  configuration: ServiceConfiguration,
  instances: readonly Instance[],
  prefixed: boolean,
): Mount {
  const { pitfalls } = service
  const tools = service.tools.map(registeredTool).filter((tool) => !configuration.toolsOff.includes(tool.name))
  return {
    service: service.name,
    title: service.title,
    prefix: prefixed ? prefixOf(service.name) : '',
    tier: configuration.tier,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    instances,
    isMirrored: service.instances === 'mirrored',
    missing: configuration.missing,
    toolsets: new Map(Object.entries(service.toolsets ?? {})),
    toolsetsOn: configuration.toolsetsOn,
    fields: service.config,
    watchers: service.watchers,
    wayBack: service.wayBack,
    ...(pitfalls === undefined ? {} : { pitfalls: async () => (await pitfalls()).default }),
    facets: {
      health: async (client, context) => service.health(client, context),
      findings: async (client, context) => service.findings?.(client, context) ?? [],
      mirrored: async (client, context) => service.mirrored?.(client, context) ?? {},
      assets: async (client, context) => service.assets?.(client, context) ?? [],
      census: async (client, context) => service.census?.(client, context) ?? [],
      backups: async (client, context) => service.backups?.(client, context) ?? { copies: [] },
      rights: async (client, context) => service.rights?.(client, context),
      task: async (client, task, context) => service.task?.(client, task, context),
    },
  }
}
