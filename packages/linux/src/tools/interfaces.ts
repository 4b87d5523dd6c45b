import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { interfacesOf, networkPart } from '../network.ts'
import { defineTool } from './define-tool.ts'

/** Lists network interfaces, the real ones first. */
export const getInterfaces = defineTool({
  name: 'get_interfaces',
  title: 'Look at interfaces',
  description: 'Network interfaces (NICs): link state, IP and MAC addresses, MTU, speed, errors, drops, driver, firmware.',
  access: 'observe',
  toolset: 'network',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    virtual: z.boolean().default(false).describe('Also loopback and containers.'),
    ...paging,
  }),
  output: z.object({
    interfaces: z.array(
      z.object({
        name: z.string().describe('Name.'),
        kind: z.string().describe('What it is.'),
        state: z.string().describe('Whether it is up.'),
        addresses: z.string().optional().describe('Addresses with their prefix.'),
        mac: z.string().optional().describe('Hardware address.'),
        mtu: z.number().describe('Largest packet.'),
        speed_mbit: z.number().optional().describe('Speed of the link.'),
        duplex: z.string().optional().describe('Both ways at once or not.'),
        errors: z.string().describe('Since boot: received/sent/damaged.'),
        drops: z.string().describe('Since boot: received/sent.'),
        default_route: z.boolean().optional().describe('True where the way out leads through it.'),
        part_of: z.string().optional().describe('Bridge or bond it belongs to.'),
        driver: z.string().optional().describe('Driver and its version.'),
        firmware: z.string().optional().describe('Firmware of the adapter.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ name, virtual, ...window }, { client, signal }) {
    const { sections } = await client.ask([networkPart], { signal })
    const found = interfacesOf(sections)
      .filter((own) => (virtual || (own.kind !== 'veth' && own.kind !== 'loopback')) && (name === undefined || own.name.includes(name)))
      .toSorted(
        (first, second) => Number(second.driver !== undefined) - Number(first.driver !== undefined) || (first.name < second.name ? -1 : 1),
      )
    const { rows, ...rest } = page(found, window)
    return {
      interfaces: rows.map((own) => ({
        name: own.name,
        kind: own.kind,
        state: own.state,
        addresses: own.addresses.join(', ') || undefined,
        mac: own.mac || undefined,
        mtu: own.mtu,
        speed_mbit: own.speed,
        duplex: own.duplex,
        errors: `${own.errors.received}/${own.errors.sent}/${own.errors.crc}`,
        drops: `${own.dropped.received}/${own.dropped.sent}`,
        default_route: own.hasDefaultRoute || undefined,
        part_of: own.master,
        driver: own.driver,
        firmware: own.firmware,
      })),
      ...rest,
    }
  },
})
