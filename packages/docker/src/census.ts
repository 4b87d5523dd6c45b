import type { CensusItem, FacetContext } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import { healthOf, imageName, nameOf, projectOf, shortId } from './container-facts.ts'
import { targetOf } from './targets.ts'

/** Tells everything an engine holds: itself, its containers, networks and volumes. */
export async function census(client: DockerClient, { instance, signal }: FacetContext): Promise<CensusItem[]> {
  const [info, containers, networks, volumes] = await Promise.all([
    client.info(signal),
    client.containers(signal),
    client.networks(signal),
    client.volumes(signal),
  ])
  const engine: CensusItem = {
    section: 'node',
    target: targetOf(instance, 'engine', info.Name),
    name: info.Name,
    state: 'up',
    facts: { system: info.OperatingSystem, docker: info.ServerVersion, cpus: info.NCPU, memory_bytes: info.MemTotal },
  }
  return [
    engine,
    ...containers.map((container): CensusItem => {
      const health = healthOf(container)
      const project = projectOf(container)
      return {
        section: 'containers',
        target: targetOf(instance, 'container', nameOf(container)),
        name: nameOf(container),
        state: health === 'none' || container.State !== 'running' ? container.State : `${container.State}, ${health}`,
        facts: { image: imageName(container.Image), ...(project === undefined ? {} : { project }) },
        details: {
          id: shortId(container.Id),
          networks: Object.keys(container.NetworkSettings?.Networks ?? {})
            .toSorted()
            .join(', '),
        },
      }
    }),
    ...networks.map((network): CensusItem => {
      const subnets = (network.IPAM?.Config ?? []).map(({ Subnet }) => Subnet).filter(Boolean)
      return {
        section: 'network',
        target: targetOf(instance, 'network', network.Name),
        name: network.Name,
        facts: { driver: network.Driver, ...(subnets.length === 0 ? {} : { network: subnets.join(', ') }) },
      }
    }),
    ...volumes.map(({ Name, Driver }): CensusItem => ({
      section: 'storage',
      target: targetOf(instance, 'volume', Name),
      name: Name,
      facts: { driver: Driver },
    })),
  ]
}
