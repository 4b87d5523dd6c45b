import { z } from 'zod'
import { attempt, ifAllowed } from '../attempt.ts'
import { blindSpots } from '../privileges.ts'
import { distinctStorages, type Guest } from '../resources.ts'
import { gibibytes, percentOf } from '../verdict.ts'
import { defineTool, some } from './define-tool.ts'
import { nodeRow, rowOf } from './nodes.ts'

const mostStorages = 40

/** Tells the whole of a cluster in one answer. */
export const getStatus = defineTool({
  name: 'get_status',
  title: 'Look at a cluster',
  description: 'Overall picture of a hypervisor cluster: quorum, nodes, storage, guests running, HA; and what rights hide.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({}),
  output: z.object({
    cluster: z.string().describe('Its name; standalone where one node is alone.'),
    version: z.string().describe('Version of Proxmox VE.'),
    quorum: z.string().describe('Whether it may act.'),
    guests: z.string().describe('Counts.'),
    ha: z.string().optional().describe('Guests HA manages, by state.'),
    trouble: z.array(z.string()).optional().describe('Guests that are locked or in error.'),
    nodes: z.array(nodeRow),
    storage: z.array(
      z.object({
        name: z.string().describe('Name; with the node where it is local.'),
        type: z.string().describe('Type.'),
        used_percent: z.number().optional().describe('In use.'),
        total_gib: z.number().optional().describe('Size.'),
        state: z.string().describe('Whether it is available.'),
      }),
    ),
    hidden: z.array(z.string()).optional().describe('What the token may not see.'),
  }),
  async run(_, { client, signal }) {
    const [view, version, members, permissions] = await Promise.all([
      client.resources(signal),
      client.version(signal),
      attempt(5_000, signal, async (own) => client.members(own)),
      ifAllowed(client.permissions(signal)),
    ])
    const cluster = members.value?.find(({ type }) => type === 'cluster')
    const storages = distinctStorages(view.storages)
    const hidden = permissions === undefined ? [] : blindSpots(permissions, { guests: view.guests.length })
    return {
      cluster: cluster?.name ?? (members.value === undefined ? 'not told' : 'standalone'),
      version: version.version,
      quorum: cluster === undefined ? (members.value === undefined ? 'not told' : 'not needed: one node') : cluster.quorate ? 'ok' : 'LOST',
      guests: countsOf(view.guests),
      ha: haOf(view.guests),
      trouble: some(troubleOf(view.guests)),
      nodes: view.nodes.map((node) => rowOf(node, view.guests, members.value)),
      storage: storages.slice(0, mostStorages).map(({ name, node, isShared, type, used, total, isAvailable }) => ({
        name: isShared ? name : `${name} on ${node}`,
        type,
        used_percent: percentOf(used, total),
        total_gib: gibibytes(total),
        state: isAvailable ? 'available' : 'not available',
      })),
      hidden: some([
        ...hidden,
        ...(storages.length > mostStorages ? [`${storages.length - mostStorages} more storages: list_storage.`] : []),
      ]),
    }
  },
})

/** Guests in one line: kinds, and how many run. */
export function countsOf(guests: readonly Guest[]): string {
  const count = (holds: (guest: Guest) => boolean) => guests.filter(holds).length
  const templates = count(({ isTemplate }) => isTemplate)
  return [
    `${count(({ kind, isTemplate }) => kind === 'qemu' && !isTemplate)} virtual machines`,
    `${count(({ kind, isTemplate }) => kind === 'lxc' && !isTemplate)} containers`,
    `${templates} templates`,
    `${count(({ status }) => status === 'running')} running`,
  ].join(', ')
}

function haOf(guests: readonly Guest[]): string | undefined {
  const states = new Map<string, number>()
  for (const { ha } of guests) if (ha !== undefined && ha !== '') states.set(ha, (states.get(ha) ?? 0) + 1)
  return states.size === 0 ? undefined : [...states].map(([state, count]) => `${count} ${state}`).join(', ')
}

function troubleOf(guests: readonly Guest[]): string[] {
  const found = guests.flatMap(({ id, name, lock, ha, status }) => [
    ...(ha === 'error' ? [`${name} (${id}): HA error`] : []),
    ...(lock === undefined ? [] : [`${name} (${id}): lock ${lock}`]),
    ...(status === 'unknown' ? [`${name} (${id}): its node does not tell`] : []),
  ])
  return found.length > 15 ? [...found.slice(0, 15), `${found.length - 15} more`] : found
}
