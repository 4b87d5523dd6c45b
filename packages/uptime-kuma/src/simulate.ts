import type { Simulate, Simulation } from '@rackwarden/core'
import { createRecords } from './simulation/records.ts'
import { serveKuma } from './simulation/server.ts'
import { account, defaultWorld, type UptimeKumaWorld } from './simulation/world.ts'

/** Makes a pretend Uptime Kuma that listens on loopback, for its library reaches an address; time stands still in it. */
const simulate: Simulate = async (given): Promise<Simulation> => {
  const world = (given as UptimeKumaWorld | undefined) ?? defaultWorld
  const records = createRecords(world)
  const server = await serveKuma(records, world)
  return {
    config: { url: `http://127.0.0.1:${server.port}`, username: account.username, password: account.password },
    snapshot: records.snapshot,
    close: server.kill,
  }
}

export default simulate
