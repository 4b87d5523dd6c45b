import type { Service, Simulation } from '@rackwarden/core'
import { engineHost } from './engine-host.ts'
import { hosts } from './hosts.ts'
import { vault } from './pbs-world.ts'
import { names } from './pihole-world.ts'
import { metrics } from './prometheus-world.ts'
import { hypervisors } from './proxmox-world.ts'
import { residents } from './residents.ts'
import { monitors, watchedContainers } from './uptime-kuma-world.ts'

/** One coherent pretend homelab: what one service shows, the others know, too. */
export interface Lab {
  /** The pretend upstream of a service, the same one each time, for the caller to close; nothing for a service this lab does not have. */
  simulationOf(serviceName: string): Promise<Simulation | undefined>
}

/** What the lab gives a service to begin with; any other begins as its own simulator does. */
const worlds = new Map<string, unknown>([
  ['docker', engineHost],
  ['linux', hosts],
  ['pbs', vault],
  ['pihole', names],
  ['prometheus', metrics],
  ['proxmox', hypervisors],
  ['uptime-kuma', monitors],
])

/** Makes a lab in its first state; what is done to it lasts as long as it does. */
export function createLab(): Lab {
  const simulations = new Map<string, Promise<Simulation>>()
  const lab: Lab = {
    async simulationOf(serviceName) {
      const load = Object.hasOwn(residents, serviceName) ? residents[serviceName] : undefined
      if (load === undefined) return undefined
      const known = simulations.get(serviceName)
      if (known !== undefined) return known
      const world = serviceName === 'uptime-kuma' ? { ...monitors, finds: await findsIn(lab) } : worlds.get(serviceName)
      const made = simulations.get(serviceName) ?? simulate(load, world)
      simulations.set(serviceName, made)
      return made
    },
  }
  return lab
}

/** What a monitor finds is what becomes of the container it watches, so that healing one heals the other. */
async function findsIn(lab: Lab): Promise<(monitor: string) => 'up' | 'down' | undefined> {
  const engine = await lab.simulationOf('docker')
  return (monitor) => {
    const name = watchedContainers[monitor]
    const { containers } = (engine?.snapshot() ?? { containers: [] }) as { containers: { name: string; state: string; health: string }[] }
    const found = containers.find((container) => container.name === name)
    if (found === undefined) return undefined
    return found.state === 'running' && found.health !== 'unhealthy' ? 'up' : 'down'
  }
}

async function simulate(load: () => Promise<{ default: Service }>, world: unknown): Promise<Simulation> {
  const { default: service } = await load()
  const { default: make } = await service.simulate()
  return make(world)
}
