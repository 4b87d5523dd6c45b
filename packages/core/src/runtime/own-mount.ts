import { registeredTool } from '../call/registered-tool.ts'
import type { View } from '../call/view.ts'
import { auditBackups } from '../facets/audit-backups.ts'
import { callTools } from '../facets/call-tools.ts'
import { getChange, listChanges, undoChange } from '../facets/change-tools.ts'
import { describeHomelab } from '../facets/describe-homelab.ts'
import { describeTool } from '../facets/describe-tool.ts'
import { findAsset } from '../facets/find-asset.ts'
import type { Lab } from '../facets/lab.ts'
import { listApprovals } from '../facets/list-approvals.ts'
import { needsAttention } from '../facets/needs-attention.ts'
import { cancelOperation, getOperation } from '../facets/operation-tools.ts'
import { planDecommission } from '../facets/plan-decommission.ts'
import { queryAudit } from '../facets/query-audit.ts'
import { searchDocs } from '../facets/search-docs.ts'
import { searchTools } from '../facets/search-tools.ts'
import { serviceHealth } from '../facets/service-health.ts'
import { verifyAuditChains } from '../facets/verify-audit.ts'
import { whatChanged } from '../facets/what-changed.ts'
import type { Instance } from './instance.ts'
import { ownService, type Mount } from './mount.ts'

/** Mounts the tools over all services; their client is what the caller may see of the lab. */
export function mountOwn(
  labOf: (view: View) => Lab,
  { prefixed, prefix, hasBackedUp }: { prefixed: boolean; prefix: string; hasBackedUp: boolean },
): Mount {
  const defined = [
    serviceHealth,
    needsAttention,
    describeHomelab,
    getOperation,
    cancelOperation,
    listChanges,
    getChange,
    listApprovals,
    queryAudit,
    verifyAuditChains,
    whatChanged,
    searchDocs,
    searchTools,
    describeTool,
    ...(prefixed || hasBackedUp ? [auditBackups] : []),
    ...(prefixed ? [findAsset, planDecommission] : []),
  ]
  const tools = [...defined.map(registeredTool), undoChange, ...callTools]
  const instance: Instance = {
    name: 'default',
    host: undefined,
    jump: undefined,
    problem: undefined,
    client: (view) =>
      view === undefined ? Promise.reject(new TypeError('The tools over all services need a view.')) : Promise.resolve(labOf(view)),
    dropAfter: () => undefined,
    close: () => Promise.resolve(),
  }
  return {
    service: ownService,
    title: 'Rackwarden',
    prefix,
    tier: undefined,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    instances: [instance],
    isMirrored: false,
    missing: [],
    facets: undefined,
    watchers: undefined,
    fields: {},
  }
}
