import { adminAcknowledgement, allows, lowestTier, type Access, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { Mount } from '../runtime/mount.ts'
import type { CallRequest } from './surface.ts'

/** Refuses what is above the lowest of the tiers of process, service and principal, and says how the owner grants it. */
export function requireTier(process: Tier, mount: Mount, access: Access, { name, caller }: CallRequest): void {
  const tier = lowestTier(process, mount.tier, caller.tier)
  if (allows(tier, access)) return
  throw new ToolError('denied', `${name} needs the tier '${access}'; here it is '${tier}'.`, {
    hint: [
      requiredTier(access),
      ...(mount.accessSetting === undefined ? [] : [`Where it does less than that, the owner says so: ${mount.accessSetting}.`]),
    ].join(' '),
  })
}

/** How the owner grants what a tool of this access needs. */
export function requiredTier(access: Access): string {
  const acknowledged = access === 'admin' ? `; each of them only beside RACKWARDEN_ADMIN=${adminAcknowledgement}` : ''
  return `The owner grants it with --tier ${access}, RACKWARDEN_TIER=${access} or 'tier: ${access}' in rackwarden.yaml, and to a token with 'token create --tier ${access}'${acknowledged}.`
}
