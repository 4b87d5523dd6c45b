import { ToolError } from '@rackwarden/core'
import { loadConfiguration, type UpstreamConfiguration, type UpstreamEntry } from '@rackwarden/core/runtime'
import type { Application } from '@rackwarden/server'
import { atDesk, type Desk, type OpenOptions, type Terminal } from '@rackwarden/server/cli'
import { readAcceptance, type Acceptance } from '../acceptance.ts'
import type { Offered } from '../definitions.ts'
import { createEraRecords } from '../era-record.ts'
import { createGuard } from '../guard.ts'
import { nameProblem } from '../own-words.ts'
import type { Session } from '../session.ts'
import { createUpstream } from '../upstream.ts'

/** Where the owner looks at foreign servers and decides about them. */
export interface UpstreamDesk {
  readonly desk: Desk
  readonly entries: readonly UpstreamEntry[]
  /** The entry of a name, if it holds; throws why it does not. */
  readonly configurationOf: (name: string) => UpstreamConfiguration
  readonly acceptanceOf: (name: string) => Promise<Acceptance>
  /** Connects to one, asks what it offers, and lets go of it. */
  readonly ask: (name: string) => Promise<Asked>
}

/** What a server said when it was asked. */
export interface Asked {
  readonly configuration: UpstreamConfiguration
  readonly acceptance: Acceptance
  readonly offered: Offered
  readonly era: Session['era']
  /** What it would tell a model at the start; it is not passed on. */
  readonly instructions: string | undefined
}

/** Opens the configuration and the records for one command, and closes them after it. */
export async function atUpstreams(
  application: Application,
  options: OpenOptions,
  terminal: Terminal,
  work: (desk: UpstreamDesk) => Promise<number>,
): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const { runtime, owner } = desk
    const { environment, directory } = terminal
    const { services } = application
    const { upstreams = [] } = await loadConfiguration({
      services,
      environment,
      directory,
      secrets: runtime.secrets,
      strict: true,
      file: options.config,
    })
    const entries = upstreams.map((entry): UpstreamEntry => {
      const problem = entry.problem ?? nameProblem(entry.name, services)
      return problem === undefined ? entry : { name: entry.name, problem }
    })
    const configurationOf = (name: string) => {
      const entry = entries.find((one) => one.name === name)
      if (entry?.configuration !== undefined) return entry.configuration
      if (entry?.problem !== undefined) throw entry.problem
      const names = entries.map((one) => one.name).join(', ')
      throw new ToolError('not_found', `There is no upstream '${name}'.`, {
        hint: names === '' ? "None is configured: 'upstreams import' takes over those of a client." : `There are: ${names}.`,
      })
    }
    const acceptanceOf = (name: string) =>
      readAcceptance({ name, identity: configurationOf(name).identity }, { store: runtime.store, owner })
    const ask = async (name: string): Promise<Asked> => {
      const configuration = configurationOf(name)
      const guard = createGuard(runtime.log)
      const eras = createEraRecords(runtime.store, runtime.clock)
      const upstream = createUpstream({ name, configuration, runtime, guard, eras, changed: () => undefined })
      try {
        const session = await upstream.session()
        const offered = upstream.offered()
        if (offered === undefined) throw new ToolError('upstream', `${name} did not say what it offers.`)
        return {
          configuration,
          acceptance: await acceptanceOf(name),
          offered,
          era: session.era,
          instructions: session.client.getInstructions(),
        }
      } finally {
        await upstream.close()
        await guard.close()
      }
    }
    return await work({ desk, entries, configurationOf, acceptanceOf, ask })
  })
}
