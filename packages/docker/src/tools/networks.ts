import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { nameOf, shortId } from '../container-facts.ts'
import { defineTool } from './define-tool.ts'

/** Lists networks. */
export const listNetworks = defineTool({
  name: 'list_networks',
  title: 'List networks',
  description: 'Docker networks: bridge or macvlan, subnet, gateway and the containers attached.',
  access: 'observe',
  toolset: 'images',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    ...paging,
  }),
  output: z.object({
    networks: z.array(
      z.object({
        name: z.string().describe('Name.'),
        driver: z.string().describe('What makes it.'),
        subnet: z.string().optional().describe('Its addresses.'),
        gateway: z.string().optional().describe('Way out of it.'),
        internal: z.boolean().describe('True where it leads nowhere outside.'),
        containers: z.string().optional().describe('Containers in it, running or not.'),
        id: z.string().describe('First digits of the id.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ name, ...window }, { client, signal }) {
    const [networks, containers] = await Promise.all([client.networks(signal), client.containers(signal)])
    const members = new Map<string, string[]>()
    for (const container of containers)
      for (const network of Object.keys(container.NetworkSettings?.Networks ?? {}))
        members.set(network, [...(members.get(network) ?? []), nameOf(container)])
    const found = networks
      .filter((network) => name === undefined || network.Name.includes(name))
      .map((network) => {
        const ranges = network.IPAM?.Config ?? []
        return {
          name: network.Name,
          driver: network.Driver,
          subnet:
            ranges
              .map(({ Subnet }) => Subnet)
              .filter(Boolean)
              .join(', ') || undefined,
          gateway:
            ranges
              .map(({ Gateway }) => Gateway)
              .filter(Boolean)
              .join(', ') || undefined,
          internal: network.Internal === true,
          containers: members.get(network.Name)?.toSorted().join(', '),
          id: shortId(network.Id),
        }
      })
      .toSorted((first, second) => (first.name < second.name ? -1 : 1))
    const { rows, ...rest } = page(found, window)
    return { networks: rows, ...rest }
  },
})
