import { ToolError, tryForbidden, type FacetContext, type ForbiddenCall, type SetupProof, type Tier } from '@rackwarden/core'
import type { ProxmoxClient } from '../client.ts'
import { holds, privilegesFor } from '../privileges.ts'

/** Their guest does not exist. */
const forbiddenTo = ({ api, updates }: ProxmoxClient, node: string, guest: number, signal: AbortSignal): ForbiddenCall[] => [
  {
    access: 'operate',
    call: 'start a guest',
    send: async () => api.post(`/nodes/${node}/qemu/${guest}/status/start`, signal),
  },
  {
    access: 'configure',
    call: 'take a snapshot',
    send: async () => api.post(`/nodes/${node}/qemu/${guest}/snapshot`, signal, { snapname: 'rackwarden-proof' }),
  },
  {
    access: 'admin',
    call: 'run a command in a guest',
    send: async () => api.post(`/nodes/${node}/qemu/${guest}/agent/exec`, signal, { command: ['true'] }),
  },
  {
    access: undefined,
    call: 'read what the node could be updated by, which takes the right to modify it',
    send: async () => updates(node, signal),
  },
]

/** Holds a token to its tier: its privileges one by one, and calls beyond the tier that the cluster has to refuse. */
export async function prove(client: ProxmoxClient, tier: Tier, { signal }: FacetContext): Promise<SetupProof> {
  const [permissions, major, { nodes, guests }] = await Promise.all([
    client.permissions(signal),
    client.major(signal),
    client.resources(signal),
  ])
  const wanted = privilegesFor(tier, major)
  const places = Object.entries(permissions).flatMap(([path, own]) => Object.keys(own).map((privilege) => ({ path, privilege })))
  const beyond = places.filter(({ privilege }) => !wanted.includes(privilege))
  const node = nodes.find(({ isOnline }) => isOnline)?.name
  if (node === undefined)
    throw new ToolError('upstream', 'The token sees no node that is on, so nothing can be asked that has to be refused.', {
      hint: 'Is the cluster well?',
    })
  const taken = new Set(guests.map(({ id }) => id))
  let guest = 999_999_999
  while (taken.has(guest)) guest -= 1
  return {
    missing: wanted.filter((privilege) => !holds(permissions, '/', privilege)).map((privilege) => `${privilege} on /`),
    beyond: beyond.map(({ path, privilege }) => `${privilege} on ${path}`),
    calls: await tryForbidden(forbiddenTo(client, node, guest, signal), tier),
  }
}
