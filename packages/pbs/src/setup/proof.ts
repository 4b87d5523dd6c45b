import { tryForbidden, type FacetContext, type ForbiddenCall, type SetupProof, type Tier } from '@rackwarden/core'
import type { PbsClient } from '../client.ts'
import { givenTo, privilegesAt } from './given.ts'

/** No datastore is called so: where it may be asked for, it is not there. */
const nowhere = 'rackwarden-proof'

const forbiddenTo = ({ verify, collectGarbage, trafficControl }: PbsClient, signal: AbortSignal): ForbiddenCall[] => [
  {
    access: 'operate',
    call: 'verify backups',
    send: async () => verify({ store: nowhere, namespace: '' }, { outdatedAfterDays: undefined }, signal),
  },
  { access: 'admin', call: 'collect garbage', send: async () => collectGarbage(nowhere, signal) },
  {
    access: undefined,
    call: 'read the limits of its traffic, which takes the right to modify the server',
    send: async () => trafficControl(signal),
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
  return {
    missing: wanted.filter(({ path, privilege }) => told[path]?.[privilege] === undefined).map(named),
    beyond: places.filter(({ path, privilege }) => !privilegesAt(tier, path).includes(privilege)).map(named),
    calls: await tryForbidden(forbiddenTo(client, signal), tier),
  }
}
