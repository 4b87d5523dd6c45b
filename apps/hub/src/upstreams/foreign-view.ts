import type { Runtime, View } from '@rackwarden/core/runtime'
import type { HeldUpstream } from './upstream-mount.ts'

/** What resources, prompts and completion of upstreams are found in. */
export interface ForeignView {
  readonly runtime: Runtime
  /** Those a caller may see and the owner accepted. */
  readonly visible: (view: View) => readonly HeldUpstream[]
}
