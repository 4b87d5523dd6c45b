import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { attempt } from '../attempt.ts'
import { ageText } from '../backups.ts'
import type { ClusterMember } from '../cluster-schema.ts'
import type { Guest, Node } from '../resources.ts'
import { gibibytes, percentOf } from '../verdict.ts'
import { defineTool, nextCursor } from './define-tool.ts'

/** One node in a list. */
export const nodeRow = z.object({
  name: z.string().describe('Name.'),
  status: z.string().describe('Whether the cluster sees it.'),
  guests: z.string().describe('Running of all.'),
  cpu_percent: z.number().optional().describe('Processors in use.'),
  memory_percent: z.number().optional().describe('Memory in use.'),
  memory_gib: z.number().optional().describe('Memory.'),
  root_percent: z.number().optional().describe('How full its root file system is.'),
  address: z.string().optional().describe('Address on the cluster network.'),
  uptime: z.string().optional().describe('Since it was started.'),
})

/** One node as a list tells of it. */
export function rowOf(node: Node, guests: readonly Guest[], members: readonly ClusterMember[] | undefined): z.input<typeof nodeRow> {
  const own = guests.filter((guest) => guest.node === node.name && !guest.isTemplate)
  return {
    name: node.name,
    status: node.isOnline ? 'online' : 'OFFLINE',
    guests: `${own.filter(({ status }) => status === 'running').length} of ${own.length}`,
    cpu_percent: node.isOnline && node.cpu !== undefined ? Math.round(node.cpu * 100) : undefined,
    memory_percent: node.isOnline ? percentOf(node.memory, node.maxMemory) : undefined,
    memory_gib: gibibytes(node.maxMemory),
    root_percent: node.isOnline ? percentOf(node.disk, node.maxDisk) : undefined,
    address: members?.find(({ type, name }) => type === 'node' && name === node.name)?.ip,
    uptime: node.isOnline && node.uptime > 0 ? ageText(node.uptime * 1_000) : undefined,
  }
}

/** Lists the nodes of a cluster, those in trouble first. */
export const listNodes = defineTool({
  name: 'list_nodes',
  title: 'List nodes',
  description: 'Hypervisor nodes of the cluster: online or not, load, memory, guests, addresses; offline and busiest first.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({ ...paging }),
  output: z.object({ nodes: z.array(nodeRow), next_cursor: nextCursor }),
  async run(window, { client, signal }) {
    const [view, members] = await Promise.all([client.resources(signal), attempt(5_000, signal, async (own) => client.members(own))])
    const worstFirst = view.nodes.toSorted(
      (first, second) => Number(first.isOnline) - Number(second.isOnline) || (share(second) ?? 0) - (share(first) ?? 0),
    )
    const { rows, ...rest } = page(worstFirst, window)
    return { nodes: rows.map((node) => rowOf(node, view.guests, members.value)), ...rest }
  },
})

function share({ memory, maxMemory }: Node): number | undefined {
  return percentOf(memory, maxMemory)
}
