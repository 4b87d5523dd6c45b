import type { LabNetwork } from './network.ts'
import type { SystemdHost } from './systemd-host.ts'

/** Two hosts on one network, of which only the first can be reached from outside. */
export interface HostPair {
  readonly network: LabNetwork
  /** `nas-1`, reached through a loopback port of this machine. */
  readonly jump: SystemdHost
  /** `nas-2`, reached at its `address` and `port` through `jump` only, with the same key. */
  readonly behind: SystemdHost
  down(): Promise<void>
}
