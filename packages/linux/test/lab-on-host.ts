import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import type { SystemdHost } from '@rackwarden/lab'
import linux from '../src/index.ts'

/** A lab of one real host, logged in to over SSH. */
export function openLabOn(host: SystemdHost, user: string, more: Record<string, unknown> = {}): Promise<SimulatedLab> {
  return openSimulatedLab(linux, {
    configuration: {
      sudo: 'none',
      url: `ssh://${user}@${host.address}:${host.port}`,
      sshKey: host.keyFile,
      sshHostKey: host.hostFingerprint,
      ...more,
    },
  })
}
