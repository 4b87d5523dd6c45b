import { defineService, diffInstances } from '@rackwarden/core'
import { config, connect } from './client.ts'
import { mirrored } from './contents.ts'
import { assets, health, rights } from './facets.ts'
import { findings } from './findings.ts'
import { restartDns, updateGravity } from './tools/actions.ts'
import { setBlocking } from './tools/blocking.ts'
import { addRecord, applyRecords, removeRecord } from './tools/change-records.ts'
import { allowDomain, applyDomain, denyDomain } from './tools/domains.ts'
import { explainDomain } from './tools/explain.ts'
import { lookup } from './tools/lookup.ts'
import { searchQueries } from './tools/queries.ts'
import { listRecords } from './tools/records.ts'
import { getStatus } from './tools/status.ts'
import { applyContents, syncInstances } from './tools/sync.ts'

export type { PiholeWorld, SimulatedPihole } from './simulation/world.ts'

/** Pi-hole 6, over its HTTP API and DNS itself. */
export default defineService({
  name: 'pihole',
  title: 'Pi-hole',
  description: 'Pi-hole 6: local DNS records, ad blocking, allow and deny lists, queries; mirrored instances as one.',
  instances: 'mirrored',
  config,
  connect,
  health,
  findings,
  mirrored,
  assets,
  rights,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  tools: [
    getStatus,
    listRecords,
    lookup,
    explainDomain,
    searchQueries,
    diffInstances('Pi-hole', mirrored),
    addRecord,
    removeRecord,
    allowDomain,
    denyDomain,
    syncInstances,
    setBlocking,
    updateGravity,
    restartDns,
    applyRecords,
    applyDomain,
    applyContents,
  ],
})
