import type { Service, Simulation } from '@rackwarden/core'
import type { Configuration, ForeignServers, Runtime } from '@rackwarden/core/runtime'
import type { CommandLine } from './cli/command-line.ts'

/** A pretend lab: the upstream of every service it knows, made to fit together. */
export interface Demo {
  /** The pretend upstream of a service; undefined where the lab has none of that kind. */
  simulationOf(service: string): Promise<Simulation | undefined>
}

/** What the foreign servers of an application are mounted with. */
export interface ForeignOptions {
  runtime: Runtime
  configuration: Configuration
  services: readonly Service[]
  /** A line for the owner's shell. */
  command: (words: string) => string
}

/** What a bin serves: one service alone, or many behind their prefixes. */
export interface Application {
  /** Name of the bin and of the MCP server. */
  name: string
  title: string
  version: string
  services: readonly Service[]
  /** Whether tools carry the name of their service in front. */
  prefixed: boolean
  /** How the pretend lab is made; a service's own simulator is used where this is missing. */
  demo?: () => Promise<Demo>
  /** How MCP servers of others are mounted beside the services, where it does that. */
  foreign?: (options: ForeignOptions) => Promise<ForeignServers>
  /** Adds commands of its own to those every bin has. */
  commands?: (line: CommandLine<Application>) => Promise<void>
}

/** Makes an application of a service alone; an application stays what it is. */
export function applicationOf(served: Service | Application, version = '0.0.0'): Application {
  if ('services' in served) return served
  return { name: `rackwarden-${served.name}`, title: served.title, version, services: [served], prefixed: false }
}

/** The pretend lab of an application; every service brings its own simulator where there is no common one. */
export async function demoOf(application: Application): Promise<Demo> {
  if (application.demo !== undefined) return application.demo()
  return {
    async simulationOf(name) {
      const service = application.services.find((candidate) => candidate.name === name)
      return service === undefined ? undefined : (await service.simulate()).default()
    },
  }
}
