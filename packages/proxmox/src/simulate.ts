import { ToolError, type Simulate, type SimulatedInstance } from '@rackwarden/core'
import { answer } from './simulation/answer.ts'
import { SimulatedCluster } from './simulation/cluster.ts'
import { crowdedWorld, type ProxmoxCrowd } from './simulation/crowd.ts'
import { defaultWorld } from './simulation/default-world.ts'
import { openRequestCheck } from './simulation/request-check.ts'
import type { ProxmoxWorld } from './simulation/world.ts'

/** Makes a pretend cluster; its clock stands still but for those who wait for a task. */
const simulate: Simulate = (world) => {
  const given = (world as ProxmoxWorld | ProxmoxCrowd | undefined) ?? defaultWorld
  const { cluster, instance } = instanceOf('guestCount' in given ? crowdedWorld(given) : given)
  return { ...instance, snapshot: () => cluster.snapshot() }
}

export default simulate

/** One pretend cluster, and how it is reached. */
export function instanceOf(world: ProxmoxWorld): { cluster: SimulatedCluster; instance: SimulatedInstance } {
  const cluster = new SimulatedCluster(world)
  const check = openRequestCheck()
  const [first = 'pve'] = Object.keys(world.nodes)
  const [tokenId = ''] = world.token === undefined ? Object.keys(cluster.tokens) : [world.token]
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated cluster is only reached over HTTP.', { hint: 'Use fetch.' }))
  const instance: SimulatedInstance = {
    config: {
      url: `https://${first}.simulated:8006`,
      ...(world.entries === undefined ? {} : { otherUrls: world.entries.map((name) => `https://${name}.simulated:8006`).join(',') }),
      tokenId,
      tokenSecret: cluster.tokens[tokenId]?.secret ?? '',
    },
    connection: { fetch: (target, options = {}) => answer(cluster, check, target, options), exec: refuse, dial: refuse },
  }
  return { cluster, instance }
}
