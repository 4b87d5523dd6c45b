import { openToolbox, recordExchanges } from '@rackwarden/core/testing'
import type { PbsClient } from '../src/client.ts'
import pbs, { type PbsWorld } from '../src/index.ts'
import simulate from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/world.ts'

/** The tools of the service on a pretend server, with everything that went over the wire. */
export async function openServer(own: Partial<PbsWorld> = {}, configuration: Record<string, unknown> = {}) {
  const simulation = await simulate({ ...defaultWorld, ...own })
  if (simulation.connection === undefined) throw new Error('the simulator answers through a connection')
  const { connection, exchanges } = recordExchanges(simulation.connection)
  const toolbox = await openToolbox(pbs, connection, { configuration: { ...simulation.config, ...configuration } })
  return { ...toolbox, client: toolbox.client as PbsClient, signal: toolbox.context.signal, simulation, exchanges }
}

/** A token with these roles on paths. */
export function tokenWith(
  roles: Readonly<Record<string, string | readonly string[]>>,
  id = 'rackwarden@pbs!assistant',
): Required<PbsWorld>['token'] {
  return { id, secret: 'pretend-pbs-secret', roles }
}
