import type { Toolsets } from '../define/toolset.ts'
import type { Tier } from '../define/access.ts'
import type { Exposure } from './exposure.ts'

/** Who calls, and what they were given. */
export interface Caller {
  /** `local:<user>`, `token:<name>` or `oauth:<client>`. */
  principal: string
  /** The principal's own tier; the process's and the service's lower it further. */
  tier: Tier
  /** Services the principal is limited to; all when not given. */
  services?: readonly string[]
  /** The address they call from, over HTTP. */
  from?: string
  /** Toolsets the principal is limited to, of the services that are named. */
  toolsets?: Toolsets
  /** How much the principal is listed, where it was said. */
  exposure?: Exposure
}

/** What part of a surface is looked at: a caller's, and of one service where the address says so. */
export interface View {
  caller: Caller
  service?: string
  /** How much of it is listed; all when not given. What can be called does not depend on it. */
  exposure?: Exposure
  /** The `traceparent` of the request it is looked at for. */
  trace?: string
  /** Toolsets that are asked for, of the services that are named; those of others are as they are. */
  toolsets?: Toolsets
}
