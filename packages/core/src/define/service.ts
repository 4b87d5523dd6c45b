import type { z } from 'zod'
import type { KeptBackups } from './backup.ts'
import type { Connection } from './connection.ts'
import type { Candidate } from './candidate.ts'
import type { Asset, CensusItem, FacetContext, Finding, Health, MirroredFacts, Rights } from './facet.ts'
import type { OpenContext } from './open-context.ts'
import type { Pitfall } from './pitfall.ts'
import type { Setup } from './setup.ts'
import type { TaskState } from './task.ts'
import type { Tool } from './tool.ts'
import type { Toolset } from './toolset.ts'
import type { Watchers } from './watch.ts'
import type { WayBack } from './way-back.ts'

/** A record of zod fields; environment variables derive from the service name and each key. */
export type ConfigShape = Readonly<Record<string, z.ZodType>>

/** The parsed configuration of one instance. */
export type ConfigOf<Shape extends ConfigShape> = { [Key in keyof Shape]: z.output<Shape[Key]> }

/** A client that may want to be told when it is no longer needed, and that may end by itself. */
export interface Closeable {
  close?: () => void | Promise<void>
  /** True once nothing more comes of it, as of a socket the upstream closed: the next call makes a new one. */
  isLost?: () => boolean
}

/** How one pretend upstream is reached. */
export interface SimulatedInstance {
  /** Configuration of the pretend instance, as raw values. */
  config: Record<string, unknown>
  /** Stands in for the way out of the process; without one the pretend upstream listens on loopback, where `config` says. */
  connection?: Connection
}

/** What `simulate` answers to: a pretend upstream, reached like a real one. */
export interface Simulation extends SimulatedInstance {
  /** Several pretend upstreams by name, where a lab has them; otherwise there is the one, named `default`. */
  instances?: Readonly<Record<string, SimulatedInstance>>
  /** Everything the upstream remembers, as plain data: what tests compare. */
  snapshot(): unknown
  /** Lets go of a listening port, where there is one. */
  close?(): Promise<void>
}

/** How a pretend upstream is made; every service's `simulate.ts` exports this as default. */
export type Simulate<World = unknown> = (world?: World) => Simulation | Promise<Simulation>

/** Everything a service says of itself; the default export of its package. */
export interface ServiceDefinition<Shape extends ConfigShape, Client> {
  /** Package, prefix and environment prefix: kebab-case. */
  name: string
  title: string
  /** One sentence on what it is for. */
  description: string
  /** How many targets a lab may have; `mirrored` where all of them are to hold the same, so that what is written is written to all or none. */
  instances: 'single' | 'many' | 'mirrored'
  config: Shape
  /** Changes the way out, for an address the base connection cannot reach (ssh://). */
  open?: (config: ConfigOf<Shape>, base: Connection, context: OpenContext) => Connection | Promise<Connection>
  /** Makes the client; called at the first use, and again after it was lost. */
  connect: (config: ConfigOf<Shape>, connection: Connection) => Client | Promise<Client>
  /** Says how the upstream is; throws what a call would throw. */
  health: (client: Client, context: FacetContext) => Health | Promise<Health>
  findings?: (client: Client, context: FacetContext) => Promise<readonly Finding[]>
  /** What is to be the same on every instance, where they are mirrored; where it is not, that is a finding. */
  mirrored?: (client: Client, context: FacetContext) => Promise<MirroredFacts>
  assets?: (client: Client, context: FacetContext) => Promise<readonly Asset[]>
  /** True where its assets are what is backed up, and say what that is filed under: served alone, it is audited all the same. */
  assetsAreBackedUp?: boolean
  /** What it keeps backups of, one for each thing and place; joined with what is to be backed up. */
  backups?: (client: Client, context: FacetContext) => Promise<KeptBackups>
  /** How what it watches things with is paused while they are worked on; its assets are what watches. */
  watchers?: Watchers<Client>
  /** How what is written to inside of its assets can be had back as it was. */
  wayBack?: WayBack
  /** How a task stands that `progress` named: asked where whoever began it is gone. */
  task?: (client: Client, task: string, context: FacetContext) => Promise<TaskState>
  /** What the credential itself may do there, where the upstream tells. */
  rights?: (client: Client, context: FacetContext) => Promise<Rights | undefined>
  /** True where they are asked for at the first use, too, and a process warns where they go beyond its tier; elsewhere `doctor` asks. */
  warnsOfRights?: boolean
  /** Everything there is, for the census of the lab; secrets are redacted by core. */
  census?: (client: Client, context: FacetContext) => Promise<readonly CensusItem[]>
  /** Configurations found on this machine without contacting anybody, one per instance. */
  discover?: (environment: Readonly<Record<string, string | undefined>>) => Promise<Readonly<Record<string, Record<string, unknown>>>>
  /** Targets `init` can offer: found on this machine, in its files or on its loopback ports. */
  candidates?: (environment: Readonly<Record<string, string | undefined>>, signal: AbortSignal) => Promise<readonly Candidate[]>
  /** What surprises about the upstream, for who works with it; every service's `pitfalls.ts` exports them as default. */
  pitfalls?: () => Promise<{ default: readonly Pitfall[] }>
  /** How `setup` makes a credential of a tier at its target, where that takes more than a line. */
  setup?: () => Promise<{ default: Setup }>
  simulate: () => Promise<{ default: Simulate }>
  /** What its tools are grouped into, where there are more than 14; each tool says which it belongs to. */
  toolsets?: Readonly<Record<string, Toolset>>
  tools: readonly Tool<Client>[]
}

/** A service with its client type forgotten: what registries hold. */
export type Service = ServiceDefinition<ConfigShape, unknown>

/** Defines a service: one domain, one package, one prefix. */
export function defineService<const Shape extends ConfigShape, Client>(definition: ServiceDefinition<Shape, Client>): Service {
  const reserved = ['port', 'host'].find((key) => key in definition.config)
  if (reserved !== undefined)
    throw new TypeError(`${definition.name}: a field may not be named '${reserved}'; Kubernetes injects variables of that name`)
  if ((definition.instances === 'mirrored') !== (definition.mirrored !== undefined))
    throw new TypeError(`${definition.name}: 'mirrored' says what mirrored instances have alike, and only they have it`)
  refuseUngrouped(definition)
  return definition as unknown as Service
}

/** Where a service has toolsets each of its tools is in one of them, and otherwise none is in any; what is never listed need not be. */
function refuseUngrouped({ name, toolsets, tools }: Pick<ServiceDefinition<ConfigShape, never>, 'name' | 'toolsets' | 'tools'>): void {
  const known = [undefined, ...Object.keys(toolsets ?? {})].slice(toolsets === undefined ? 0 : 1)
  const stray = tools.find(({ definition }) => !('internal' in definition && definition.internal) && !known.includes(definition.toolset))
  if (stray !== undefined) throw new TypeError(`${name}: ${stray.definition.name} belongs to none of its toolsets`)
}

/** What stands before the names of a service's tools beside those of others: `home-assistant` gives `home_assistant_`. */
export function prefixOf(service: string): string {
  return `${service.replaceAll('-', '_')}_`
}
