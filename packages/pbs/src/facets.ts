import type { Asset, CensusItem, FacetContext, Health } from '@rackwarden/core'
import { isIP } from 'node:net'
import { targetOf } from './addresses.ts'
import { countText } from './amounts.ts'
import type { PbsClient } from './client.ts'
import { blindSpots } from './rights.ts'
import { storeFacts } from './store-facts.ts'

/** Whether it answers, and its datastores can be read. */
export async function health(client: PbsClient, { signal }: FacetContext): Promise<Health> {
  const [version, { stores }] = await Promise.all([client.version(signal), storeFacts(client, signal)])
  const broken = stores.filter(({ isBroken }) => isBroken)
  const blind = stores.length === 0 ? await blindSpots(client, signal) : []
  const full = stores.flatMap(({ store, share }) => (share === undefined ? [] : [`${store} ${Math.round(share * 100)} % full`]))
  return {
    version,
    ...(broken.length > 0 || blind.length > 0 ? { degraded: true } : {}),
    evidence: [
      countText(stores.length, 'datastore'),
      ...full,
      ...broken.map(({ store, state }) => `${store}: ${state}`),
      ...blind.slice(0, 1),
    ].join(', '),
  }
}

/** The server and its datastores; what is in them is told as backups. */
export async function assets(client: PbsClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const stores = await client.datastores(signal)
  const address = URL.canParse(client.url) ? new URL(client.url).hostname.replace(/^\[|\]$/g, '') : ''
  const isAddress = isIP(address) !== 0
  const name = isAddress || address === '' ? (instance === 'default' ? 'pbs' : instance) : address
  const server: Asset = {
    target: targetOf(instance, 'server', name),
    kind: 'server',
    name,
    aliases: isAddress || !address.includes('.') ? [] : [address.split('.')[0] ?? address],
    addresses: isAddress ? [address] : [],
    macs: [],
  }
  return [
    server,
    ...stores.map(({ store }) => ({
      target: targetOf(instance, 'datastore', store),
      kind: 'datastore',
      name: store,
      aliases: [],
      addresses: [],
      macs: [],
      parent: server.target,
    })),
  ]
}

/** Every datastore, with what changes only when somebody changes it. */
export async function census(client: PbsClient, { instance, signal }: FacetContext): Promise<CensusItem[]> {
  const { stores } = await storeFacts(client, signal)
  return stores.map(({ store, state, total, collection, comment }) => ({
    section: 'storage',
    target: targetOf(instance, 'datastore', store),
    name: store,
    state,
    facts: { kind: 'backups', ...(total === undefined ? {} : { size_bytes: total }) },
    details: {
      ...(comment === undefined ? {} : { comment }),
      garbage_collection: collection?.schedule ?? 'no schedule',
    },
  }))
}
