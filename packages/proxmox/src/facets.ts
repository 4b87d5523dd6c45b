import type { Asset, BackedUp, FacetContext, Health } from '@rackwarden/core'
import { attempt } from './attempt.ts'
import type { ProxmoxClient } from './client.ts'
import { disksOf } from './guest-config.ts'
import { detailsOf } from './guest-details.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { ClusterMember } from './cluster-schema.ts'
import type { Guest } from './resources.ts'
import { targetOf } from './targets.ts'

/** What a facet may take of the two seconds it is given, so that what is known by then is told. */
export const facetMs = 1_500
const mostLookedAt = 600

/** Whether the nodes are there and may act; a guest that is not well is no fault of the cluster. */
export async function health(client: ProxmoxClient, { signal }: FacetContext): Promise<Health> {
  const [view, version, members] = await Promise.all([
    client.resources(signal),
    client.version(signal),
    attempt(facetMs, signal, async (own) => client.members(own)),
  ])
  const offline = view.nodes.filter(({ isOnline }) => !isOnline).map(({ name }) => name)
  const lost = hasLostQuorum(members.value ?? [])
  const running = view.guests.filter(({ status }) => status === 'running').length
  const facts = [
    ...(lost ? ['quorum is LOST'] : []),
    `${view.nodes.length - offline.length} of ${view.nodes.length} nodes online`,
    ...(offline.length > 0 ? [`${offline.slice(0, 5).join(', ')} offline`] : []),
    `${running} of ${view.guests.filter(({ isTemplate }) => !isTemplate).length} guests running`,
    ...(view.nodes.length === 0 ? ['the token sees no node'] : []),
  ]
  return { version: version.version, ...((lost || offline.length > 0) && { degraded: true }), evidence: facts.join(', ') }
}

/** Whether a cluster may not act any more; a node alone needs nobody's consent. */
export function hasLostQuorum(members: readonly ClusterMember[]): boolean {
  const cluster = members.find(({ type }) => type === 'cluster')
  return cluster !== undefined && !cluster.quorate
}

/** Nodes and guests, with every name and address they are known by. */
export async function assets(client: ProxmoxClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const [view, members, uncovered] = await Promise.all([
    client.resources(signal),
    attempt(facetMs / 2, signal, async (own) => client.members(own)),
    attempt(facetMs / 2, signal, async (own) => client.uncovered(own)),
  ])
  const bare = new Set(uncovered.value ?? [])
  const runningFirst = view.guests
    .filter(({ isTemplate }) => !isTemplate)
    .toSorted((first, second) => Number(second.status === 'running') - Number(first.status === 'running'))
  const { details } = await detailsOf(client, runningFirst.slice(0, mostLookedAt), signal, { limitMs: facetMs / 2, withinMs: facetMs / 2 })
  const known = new Map(details.map((detail) => [detail.guest.id, detail]))
  const nodes = view.nodes.map(({ name, isOnline }): Asset => {
    const address = members.value?.find((member) => member.type === 'node' && member.name === name)?.ip
    return {
      target: targetOf(instance, 'node', name),
      kind: 'node',
      name,
      aliases: [],
      addresses: address === undefined ? [] : [address],
      macs: [],
      state: isOnline ? 'online' : 'offline',
    }
  })
  return [
    ...nodes,
    ...view.guests.map((guest): Asset => {
      const detail = known.get(guest.id)
      return {
        target: targetOf(instance, 'guest', guest.id),
        kind: guest.isTemplate ? 'template' : guest.kind === 'qemu' ? 'virtual machine' : 'container',
        name: guest.name,
        aliases: aliasesOf(guest),
        addresses: detail?.addresses ?? [],
        macs: detail?.macs ?? [],
        ...(guest.tags.length > 0 && { tags: guest.tags }),
        parent: targetOf(instance, 'node', guest.node),
        state: guest.isTemplate ? 'template' : guest.status,
        // A template does not change: that it is not backed up each night is no lack.
        ...(!guest.isTemplate && { backedUpAs: backedUp(guest, detail?.config, bare.has(guest.id)) }),
        ...(guest.status === 'running' && {
          removal: {
            calls: [{ tool: 'shutdown_guest', input: { guest: String(guest.id) } }],
            forGood: { tool: 'delete_guest', input: { guest: String(guest.id) } },
          },
        }),
      }
    }),
  ]
}

/** What its backups are filed under, and what they would not bring back; paths of a node are that node's. */
function backedUp({ kind, id, name }: Guest, config: GuestConfig | undefined, isBare: boolean): BackedUp {
  const skipped =
    config === undefined ? [] : disksOf(kind, config).filter(({ storage, isBackedUp }) => storage !== undefined && !isBackedUp)
  const gaps = [...(isBare ? ['no backup job covers it'] : []), ...skipped.map(({ key }) => `${key} is left out of its backups`)]
  return { kind: kind === 'qemu' ? 'vm' : 'ct', id: String(id), name, ...(gaps.length === 0 ? {} : { gaps }) }
}

function aliasesOf({ name }: Guest): string[] {
  const [label = ''] = name.split('.')
  return label === name || label === '' ? [] : [label]
}
