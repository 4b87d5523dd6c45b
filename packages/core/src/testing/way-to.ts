import { createConnection } from '../connect/connection.ts'
import type { Connection } from '../define/connection.ts'
import type { SimulatedInstance } from '../define/service.ts'

/** The way to a pretend upstream: its own, or to the loopback port it listens on. */
export function wayTo({ config, connection }: SimulatedInstance): Connection {
  return connection ?? createConnection(config, { log: () => undefined })
}
