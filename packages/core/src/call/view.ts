import type { Tier } from '../define/access.ts'

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
}

/** What part of a surface is looked at: a caller's, and of one service where the address says so. */
export interface View {
  caller: Caller
  service?: string
}
