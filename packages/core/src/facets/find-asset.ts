import { z } from 'zod'
import type { Asset } from '../define/facet.ts'
import { toolsFor } from '../define/tool.ts'
import { askEverybody } from './ask.ts'
import type { Lab } from './lab.ts'
import { identitiesOf, relatedTo } from './related-assets.ts'

const mostAssets = 25

/** Everything known under one name or address, over all services. */
export const findAsset = toolsFor<Lab>()({
  name: 'find_asset',
  title: 'Find an asset',
  description: 'What is this name, IP or MAC address, and where does it run? The device, VM or container.',
  access: 'observe',
  input: z.object({ query: z.string().min(1).describe('Part of a name, IP or MAC.') }),
  output: z.object({
    assets: z
      .array(
        z.object({
          target: z.string().describe('Where it is.'),
          name: z.string().describe('Its name there.'),
          state: z.string().optional().describe('Its state there.'),
          aliases: z.string().optional().describe('Other names.'),
          addresses: z.string().optional().describe('IP addresses.'),
          macs: z.string().optional().describe('MAC addresses.'),
          tags: z.string().optional().describe('Labels.'),
          parent: z.string().optional().describe('What it lives on.'),
        }),
      )
      .describe('Exact matches first, then what shares a name or address with them, and what they live on.'),
    unanswered: z.array(z.string()).optional().describe('Services that could not be asked.'),
  }),
  run: async ({ query }, { client: { mounts, runtime }, signal }) => {
    const asked = await askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.assets(client, context) ?? [])
    // What several mirrored instances tell alike is one thing.
    const told = asked.flatMap(({ answer }) => answer ?? []).map((asset) => [JSON.stringify(asset), asset] as const)
    const all = [...new Map(told).values()]
    const wanted = query.toLowerCase()
    const exact = all.filter((asset) => identitiesOf(asset).includes(wanted))
    const related = relatedTo(exact, all)
    const partial = exact.length > 0 ? [] : all.filter((asset) => identitiesOf(asset).some((identity) => identity.includes(wanted)))
    const silent = asked.flatMap(({ mount, instance, error }) =>
      error === undefined ? [] : [`${mount.service}@${instance.name}: ${error.message}`],
    )
    return {
      assets: [...exact, ...related, ...partial].slice(0, mostAssets).map(row),
      ...(silent.length === 0 ? {} : { unanswered: silent }),
    }
  },
})

function row({ target, name, state, aliases, addresses, macs, tags = [], parent }: Asset) {
  return {
    target,
    name,
    ...(state === undefined ? {} : { state }),
    ...joined('aliases', aliases),
    ...joined('addresses', addresses),
    ...joined('macs', macs),
    ...joined('tags', tags),
    ...(parent === undefined ? {} : { parent }),
  }
}

function joined<Key extends string>(key: Key, values: readonly string[]): Partial<Record<Key, string>> {
  return values.length === 0 ? {} : ({ [key]: values.join(', ') } as Partial<Record<Key, string>>)
}
