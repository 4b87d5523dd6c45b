import type { Service, Simulation } from '@rackwarden/core'
import { engineHost } from './engine-host.ts'
import { hosts } from './hosts.ts'
import { metrics } from './prometheus-world.ts'

/** One coherent pretend homelab: what one service shows, the others know, too. */
export interface Lab {
  /** The pretend upstream of a service, the same one each time; nothing for a service this lab does not have. */
  simulationOf(serviceName: string): Promise<Simulation | undefined>
}

interface Resident {
  load: () => Promise<{ default: Service }>
  world: unknown
}

// Loaded when asked for: a hub that mounts one service does not pay for the others.
const residents: Readonly<Record<string, Resident>> = {
  docker: { load: () => import('@rackwarden/docker'), world: engineHost },
  linux: { load: () => import('@rackwarden/linux'), world: hosts },
  prometheus: { load: () => import('@rackwarden/prometheus'), world: metrics },
}

/** Makes a lab in its first state; what is done to it lasts as long as it does. */
export function createLab(): Lab {
  const simulations = new Map<string, Promise<Simulation>>()
  return {
    async simulationOf(serviceName) {
      const resident = Object.hasOwn(residents, serviceName) ? residents[serviceName] : undefined
      if (resident === undefined) return undefined
      const known = simulations.get(serviceName)
      if (known !== undefined) return known
      const made = simulate(resident)
      simulations.set(serviceName, made)
      return made
    },
  }
}

async function simulate({ load, world }: Resident): Promise<Simulation> {
  const { default: service } = await load()
  const { default: make } = await service.simulate()
  return make(world)
}
