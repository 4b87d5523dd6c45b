import { isIPv4 } from 'node:net'
import { z } from 'zod'
import type { Asset } from '../../define/facet.ts'
import { toolsFor } from '../../define/tool.ts'
import { askEverybody } from '../../facets/ask.ts'
import type { Lab } from '../../facets/lab.ts'
import { namesOf } from '../../facets/related-assets.ts'

/** Who has which address, of all assets of all services. */
export const listAddresses = toolsFor<Lab>()({
  name: 'list_addresses',
  title: 'Addresses',
  description: 'Every IP address with the names, MAC addresses and assets behind it, asked now.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    addresses: z
      .array(
        z.object({
          address: z.string().describe('IP address.'),
          names: z.string().describe('Names it goes by.'),
          macs: z.string().optional().describe('MAC addresses.'),
          assets: z.string().describe('What is there, or leads there.'),
        }),
      )
      .describe('In their order.'),
    without_address: z.array(z.string()).optional().describe('Assets nobody knows an address of.'),
    unanswered: z.array(z.string()).optional().describe('Services that could not be asked.'),
  }),
  untrusted: true,
  budgetTokens: 9_000,
  run: async (_, { client: { mounts, runtime }, signal }) => {
    const asked = await askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.assets(client, context) ?? [])
    const { addresses, without } = joined(asked.flatMap(({ answer }) => answer ?? []))
    const silent = asked.flatMap(({ mount, instance, error }) =>
      error === undefined ? [] : [`${mount.service}@${instance.name}: ${error.message}`],
    )
    return {
      addresses,
      ...(without.length === 0 ? {} : { without_address: without }),
      ...(silent.length === 0 ? {} : { unanswered: silent }),
    }
  },
})

interface Place {
  names: Set<string>
  macs: Set<string>
  assets: Set<string>
}

/** A row for each address; what has none of its own is where what shares a name or MAC with it is. */
export function joined(assets: readonly Asset[]) {
  const places = new Map<string, Place>()
  const known = new Map<string, Set<string>>()
  const placed = assets.filter(({ addresses }) => addresses.length > 0)
  for (const { target, name, aliases, addresses, macs } of placed)
    for (const address of addresses) {
      const place = places.get(address) ?? { names: new Set(), macs: new Set(), assets: new Set() }
      places.set(address, place)
      for (const own of [name, ...aliases]) place.names.add(own)
      for (const mac of macs) place.macs.add(mac)
      place.assets.add(target)
    }
  for (const asset of placed)
    for (const identity of identities(asset)) {
      const where = known.get(identity) ?? new Set()
      known.set(identity, where)
      for (const address of asset.addresses) where.add(address)
    }
  const without = new Set<string>()
  for (const asset of assets.filter(({ addresses }) => addresses.length === 0)) {
    const where = new Set(identities(asset).flatMap((identity) => [...(known.get(identity) ?? [])]))
    for (const address of where) places.get(address)?.assets.add(asset.target)
    if (where.size === 0) without.add(asset.target)
  }
  return {
    addresses: [...places]
      .toSorted(([first], [second]) => inOrder(first, second))
      .map(([address, { names, macs, assets: targets }]) => ({
        address,
        names: [...names].join(', '),
        ...(macs.size === 0 ? {} : { macs: [...macs].join(', ') }),
        assets: [...targets].join(', '),
      })),
    without: [...without],
  }
}

function identities(asset: Asset): string[] {
  return [...namesOf(asset), ...asset.macs.map((mac) => mac.toLowerCase())]
}

/** Addresses of the old kind by their numbers, those of the new one after them. */
function inOrder(first: string, second: string): number {
  const [one, other] = [first, second].map((address) =>
    isIPv4(address)
      ? address
          .split('.')
          .map((part) => part.padStart(3, '0'))
          .join('.')
      : `~${address}`,
  )
  return one === other ? 0 : (one ?? '') < (other ?? '') ? -1 : 1
}
