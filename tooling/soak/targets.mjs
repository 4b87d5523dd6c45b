import { exposeSimulation } from '@rackwarden/core/testing'
import { createLab } from '@rackwarden/simlab'

/**
 * @typedef {import('@rackwarden/core/testing').FaultProxy} FaultProxy
 * @typedef {object} Targets The pretend lab on loopback ports, where every target can be told to fail.
 * @property {Record<string, Record<string, unknown>>} services As `rackwarden.yaml` has them.
 * @property {ReadonlyMap<string, FaultProxy>} proxies
 * @property {() => Promise<Record<string, unknown>>} records What each Pi-hole holds.
 * @property {() => Promise<void>} close
 */

/** Longest the hub waits for a target that hangs. */
export const targetTimeoutMs = 2000

/**
 * Opens the targets.
 * @returns {Promise<Targets>}
 */
export async function openTargets() {
  const lab = createLab()
  /** @type {Map<string, FaultProxy>} */
  const proxies = new Map()
  /** @type {(() => Promise<void>)[]} */
  const closing = []
  /** @type {Record<string, Record<string, unknown>>} */
  const services = {}

  /**
   * @param {string} name
   * @param {import('@rackwarden/core').Simulation} simulation
   */
  const exposed = async (name, simulation) => {
    const { proxy, config, close } = await exposeSimulation(simulation, { tls: false })
    proxies.set(name, proxy)
    closing.push(close)
    return { ...config, timeoutMs: targetTimeoutMs }
  }
  for (const name of ['docker', 'prometheus']) {
    const simulation = await lab.simulationOf(name)
    if (simulation === undefined) throw new Error(`The pretend lab has no ${name}.`)
    services[name] = await exposed(name, simulation)
  }
  const pihole = await lab.simulationOf('pihole')
  if (pihole?.instances === undefined) throw new Error('The pretend lab has no pair of Pi-holes.')
  /** @type {Record<string, unknown>} */
  const instances = {}
  for (const [name, { config, connection }] of Object.entries(pihole.instances))
    instances[name] = await exposed(`pihole@${name}`, { config, snapshot: () => ({}), ...(connection === undefined ? {} : { connection }) })
  services['pihole'] = { instances }
  return {
    services,
    proxies,
    records: async () => /** @type {Record<string, unknown>} */ (await pihole.snapshot()),
    close: async () => {
      await Promise.all(closing.map((close) => close()))
    },
  }
}
