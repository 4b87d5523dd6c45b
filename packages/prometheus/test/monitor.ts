import { openToolbox, recordExchanges } from '@rackwarden/core/testing'
import type { PrometheusClient } from '../src/client.ts'
import prometheus, { type PrometheusWorld } from '../src/index.ts'

/** What of a pretend Prometheus is different. */
export interface MonitorOptions {
  instance?: string
  configuration?: Record<string, unknown>
  /** Stands in for some of its answers. */
  answer?: (target: string) => Response | undefined
}

/** Opens a pretend Prometheus with everything that is asked of it written down. */
export async function openMonitor(world?: PrometheusWorld, { instance = 'default', configuration, answer }: MonitorOptions = {}) {
  const simulation = await (await prometheus.simulate()).default(world)
  if (simulation.connection === undefined) throw new Error('the simulator answers through a connection')
  const { connection, exchanges } = recordExchanges(simulation.connection, answer)
  const toolbox = await openToolbox(prometheus, connection, { instance, configuration: { ...simulation.config, ...configuration } })
  return { ...toolbox, client: toolbox.client as PrometheusClient, exchanges, snapshot: () => simulation.snapshot() }
}
