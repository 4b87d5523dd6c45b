import { ToolError, type Simulate, type Simulation } from '@rackwarden/core'
import { createAnswer } from './simulation/answer.ts'
import { SimulatedServer } from './simulation/server.ts'
import type { PbsWorld } from './simulation/world.ts'

/** Makes a pretend Proxmox Backup Server; its time goes on only while somebody looks at a task that was begun. */
const simulate: Simulate = (world): Simulation => {
  const server = new SimulatedServer(world as PbsWorld | undefined)
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated backup server is only reached over HTTP.', { hint: 'Use fetch.' }))
  return {
    config: { url: 'https://pbs.simulated:8007', tokenId: server.token.id, tokenSecret: server.token.secret },
    connection: { fetch: createAnswer(server), exec: refuse, dial: refuse },
    snapshot: () => server.snapshot(),
  }
}

export default simulate
