import { allows, ToolError, type Access, type FacetContext, type SetupProof, type Tier } from '@rackwarden/core'
import type { ProxmoxClient } from '../client.ts'
import { holds, privilegesFor } from '../privileges.ts'

interface Forbidden {
  /** The lowest tier that may; none where no tier may. */
  access: Access | undefined
  call: string
  send: (client: ProxmoxClient, node: string, guest: number, signal: AbortSignal) => Promise<unknown>
}

/** Calls that do no harm where they are let through: their guest does not exist. */
const forbidden: readonly Forbidden[] = [
  {
    access: 'operate',
    call: 'start a guest',
    send: async ({ api }, node, guest, signal) => api.post(`/nodes/${node}/qemu/${guest}/status/start`, signal),
  },
  {
    access: 'configure',
    call: 'take a snapshot',
    send: async ({ api }, node, guest, signal) =>
      api.post(`/nodes/${node}/qemu/${guest}/snapshot`, signal, { snapname: 'rackwarden-proof' }),
  },
  {
    access: 'admin',
    call: 'run a command in a guest',
    send: async ({ api }, node, guest, signal) => api.post(`/nodes/${node}/qemu/${guest}/agent/exec`, signal, { command: ['true'] }),
  },
  {
    access: undefined,
    call: 'read what the node could be updated by, which takes the right to modify it',
    send: async ({ updates }, node, _, signal) => updates(node, signal),
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
  const calls: SetupProof['calls'][number][] = []
  for (const { access, call, send } of forbidden)
    if (access === undefined || !allows(tier, access)) calls.push({ call, ...(await refusedOr(send(client, node, guest, signal))) })
  return {
    missing: wanted.filter((privilege) => !holds(permissions, '/', privilege)).map((privilege) => `${privilege} on /`),
    beyond: beyond.map(({ path, privilege }) => `${privilege} on ${path}`),
    calls,
  }
}

/** Only what the cluster says of rights is a refusal: that there is no such guest is said to those who may. */
async function refusedOr(sent: Promise<unknown>): Promise<{ isRefused: boolean; said: string }> {
  try {
    await sent
    return { isRefused: false, said: 'it was done' }
  } catch (error) {
    if (!ToolError.isInstance(error) || ['unauthorized', 'unreachable', 'timeout', 'rate_limited'].includes(error.code)) throw error
    return { isRefused: error.code === 'forbidden', said: error.message }
  }
}
