import type { DialTarget } from '../define/connection.ts'
import type { Simulation } from '../define/service.ts'
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { forwardTo } from './forward-to.ts'
import { wayTo } from './way-to.ts'

/** A pretend upstream on a loopback port that can be told to fail. */
export interface ExposedSimulation {
  proxy: FaultProxy
  /** The simulation's configuration, leading through the proxy. */
  config: Record<string, unknown>
  /** Closes the proxy and the simulation. */
  close: () => Promise<void>
}

/** Puts the fault proxy before a simulation, however it answers: requests are handed on, and other protocols led through. */
export async function exposeSimulation(simulation: Simulation, { tls }: { tls: boolean }): Promise<ExposedSimulation> {
  const url = String(simulation.config['url'])
  const upstream = wayTo(simulation)
  const proxy = await createFaultProxy(forwardTo(upstream), { tls, dial: () => upstream.dial(placeOf(url)) })
  const pinned = proxy.fingerprint === undefined ? {} : { tlsFingerprint: proxy.fingerprint }
  return {
    proxy,
    config: { ...simulation.config, url: proxy.url, ...pinned },
    async close() {
      await proxy.close()
      await upstream.close?.()
      await simulation.close?.()
    },
  }
}

/** A simulation that answers in memory does not mind where it is dialled. */
function placeOf(url: string): DialTarget {
  const { hostname: host, port } = new URL(url)
  return { host, port: Number(port) }
}
