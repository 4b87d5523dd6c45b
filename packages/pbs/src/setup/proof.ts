import { allows, ToolError, type Access, type FacetContext, type SetupProof, type Tier } from '@rackwarden/core'
import type { PbsClient } from '../client.ts'
import { givenTo, privilegesAt } from './given.ts'

interface Forbidden {
  /** The lowest tier that may; none where no tier may. */
  access: Access | undefined
  call: string
  send: (client: PbsClient, signal: AbortSignal) => Promise<unknown>
}

/** No datastore is called so: where it may be asked for, it is not there. */
const nowhere = 'rackwarden-proof'

const forbidden: readonly Forbidden[] = [
  {
    access: 'operate',
    call: 'verify backups',
    send: async ({ verify }, signal) => verify({ store: nowhere, namespace: '' }, { outdatedAfterDays: undefined }, signal),
  },
  { access: 'admin', call: 'collect garbage', send: async ({ collectGarbage }, signal) => collectGarbage(nowhere, signal) },
  {
    access: undefined,
    call: 'read the limits of its traffic, which takes the right to modify the server',
    send: async ({ trafficControl }, signal) => trafficControl(signal),
  },
]

/** Holds a token to its tier: its privileges one by one, and calls beyond the tier that the server has to refuse. */
export async function prove(client: PbsClient, tier: Tier, { signal }: FacetContext): Promise<SetupProof> {
  const told = await client.permissions(signal)
  const places = Object.entries(told).flatMap(([path, own]) => Object.keys(own).map((privilege) => ({ path, privilege })))
  const wanted = [...new Set(givenTo[tier].map(({ path }) => path))].flatMap((path) =>
    privilegesAt(tier, path).map((privilege) => ({ path, privilege })),
  )
  const named = ({ path, privilege }: { path: string; privilege: string }) => `${privilege} on ${path}`
  const calls: SetupProof['calls'][number][] = []
  for (const { access, call, send } of forbidden)
    if (access === undefined || !allows(tier, access)) calls.push({ call, ...(await refusedOr(send(client, signal))) })
  return {
    missing: wanted.filter(({ path, privilege }) => told[path]?.[privilege] === undefined).map(named),
    beyond: places.filter(({ path, privilege }) => !privilegesAt(tier, path).includes(privilege)).map(named),
    calls,
  }
}

/** Only what the server says of rights is a refusal: that there is no such datastore is said to those who may. */
async function refusedOr(sent: Promise<unknown>): Promise<{ isRefused: boolean; said: string }> {
  try {
    await sent
    return { isRefused: false, said: 'it was done' }
  } catch (error) {
    if (!ToolError.isInstance(error) || ['unauthorized', 'unreachable', 'timeout', 'rate_limited'].includes(error.code)) throw error
    return { isRefused: error.code === 'forbidden', said: error.message }
  }
}
