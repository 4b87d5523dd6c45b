import type { Service } from '@rackwarden/core'
import { openToolbox, recordExchanges } from '@rackwarden/core/testing'
import { connect, type DockerClient } from '../src/client.ts'
import docker, { type DockerWorld } from '../src/index.ts'

/** Opens a pretend engine, a client of it, and everything that passes between them; `answer` may stand in for some of its answers. */
export async function openEngine(
  world?: DockerWorld,
  { instance = 'default', answer, own = [] }: { instance?: string; answer?: (target: string) => Response | undefined; own?: string[] } = {},
) {
  const simulation = await (await docker.simulate()).default(world)
  if (simulation.connection === undefined) throw new Error('the simulator answers through a connection')
  const { connection, exchanges } = recordExchanges(simulation.connection, answer)
  const service: Service = { ...docker, connect: (config, way) => connect(config as never, way, () => Promise.resolve(own)) }
  const toolbox = await openToolbox(service, connection, { instance })
  return { ...toolbox, client: toolbox.client as DockerClient, exchanges, snapshot: () => simulation.snapshot() }
}
