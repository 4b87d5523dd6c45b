import { inParallel } from '@rackwarden/core'
import { agentSees, containerSees, mergedAddresses, type SeenInterface } from './addresses.ts'
import { attempt } from './attempt.ts'
import type { ProxmoxClient } from './client.ts'
import { hasAgent, networksOf } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { Guest } from './resources.ts'

/** What the guest agent of a virtual machine was seen to do. */
export type AgentState = 'answers' | 'does not answer' | 'not configured' | 'guest is off' | 'may not be asked'

/** A guest with what its configuration and its agent say. */
export interface GuestDetail {
  guest: Guest
  /** Nothing where it could not be read. */
  config: GuestConfig | undefined
  macs: readonly string[]
  addresses: readonly string[]
  agent: AgentState | undefined
  /** False where its node did not answer. */
  answered: boolean
}

/** Details of many guests, and the nodes that did not tell theirs. */
export interface GuestDetails {
  details: GuestDetail[]
  /** Why, by node. */
  silent: ReadonlyMap<string, string>
}

/** Longest an agent is waited for. */
export const agentLimitMs = 2_000
const parallelGuests = 64
// With less than this left nobody is asked any more.
const leastMs = 20

/** Reads configuration and addresses of many guests at once; a node that hangs costs the limit once and is named. */
export async function detailsOf(
  client: ProxmoxClient,
  guests: readonly Guest[],
  signal: AbortSignal,
  { limitMs = agentLimitMs, withinMs = Infinity, withAgents = true }: { limitMs?: number; withinMs?: number; withAgents?: boolean } = {},
): Promise<GuestDetails> {
  const end = performance.now() + withinMs
  const silent = new Map<string, string>()
  const details = await inParallel(guests, parallelGuests, async (guest): Promise<GuestDetail> => {
    const unread: GuestDetail = { guest, config: undefined, macs: [], addresses: [], agent: undefined, answered: false }
    const left = Math.min(limitMs, Math.round(end - performance.now()))
    if (silent.has(guest.node) || left < leastMs) return unread
    const asked = await attempt(left, signal, async (own) => client.guestConfig(guest, own))
    if (asked.problem !== undefined) {
      // A guest that is gone, or that may not be seen, says nothing of its node.
      const isOfNode = asked.problem.code === 'timeout' || asked.problem.code === 'unreachable'
      if (isOfNode) silent.set(guest.node, asked.problem.message)
      return { ...unread, answered: !isOfNode }
    }
    return detailOf(client, guest, asked.value, signal, {
      limitMs: Math.min(limitMs, Math.max(leastMs, end - performance.now())),
      isAsked: withAgents,
    })
  })
  return { details, silent }
}

/** Joins what a configuration says with what the guest itself sees. */
export async function detailOf(
  client: ProxmoxClient,
  guest: Guest,
  config: GuestConfig,
  signal: AbortSignal,
  { limitMs = agentLimitMs, isAsked = true }: { limitMs?: number; isAsked?: boolean } = {},
): Promise<GuestDetail> {
  const networks = networksOf(config)
  const { seen, agent } = isAsked ? await seenBy(client, guest, config, signal, limitMs) : { seen: [], agent: undefined }
  const macs = networks.flatMap(({ mac }) => mac ?? [])
  return { guest, config, macs, addresses: mergedAddresses(networks, seen), agent, answered: true }
}

async function seenBy(
  client: ProxmoxClient,
  guest: Guest,
  config: GuestConfig,
  signal: AbortSignal,
  limitMs: number,
): Promise<{ seen: SeenInterface[]; agent: AgentState | undefined }> {
  const isRunning = guest.status === 'running'
  if (guest.kind === 'lxc') {
    if (!isRunning) return { seen: [], agent: undefined }
    const asked = await attempt(limitMs, signal, async (own) => client.containerInterfaces(guest, own))
    return { seen: containerSees(asked.value ?? []), agent: undefined }
  }
  if (!hasAgent(guest.kind, config)) return { seen: [], agent: 'not configured' }
  if (!isRunning) return { seen: [], agent: 'guest is off' }
  const asked = await attempt(limitMs, signal, async (own) => client.agentInterfaces(guest, own))
  if (asked.value !== undefined) return { seen: agentSees(asked.value), agent: 'answers' }
  return { seen: [], agent: asked.problem?.code === 'forbidden' ? 'may not be asked' : 'does not answer' }
}
