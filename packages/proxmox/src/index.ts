import { defineService } from '@rackwarden/core'
import { census } from './census.ts'
import { config, connect } from './client.ts'
import { assets, health } from './facets.ts'
import { findings } from './findings.ts'
import { rights } from './rights.ts'
import { pingAgent } from './tools/agent.ts'
import { backupGuest, deleteCreatedBackup } from './tools/backup-guest.ts'
import { auditBackups, listBackups } from './tools/backups.ts'
import { createSnapshot, deleteCreatedSnapshot, deleteSnapshot, rollbackSnapshot } from './tools/change-snapshots.ts'
import { getGuest } from './tools/guest.ts'
import { listGuests } from './tools/guests.ts'
import { checkNode, getNode } from './tools/node.ts'
import { listNodes } from './tools/nodes.ts'
import { restartGuest, shutdownGuest, startGuest, stopGuest } from './tools/power.ts'
import { listSnapshots } from './tools/snapshots.ts'
import { getStatus } from './tools/status.ts'
import { listStorage } from './tools/storage.ts'
import { getTask } from './tools/task.ts'

export type { ProxmoxCrowd } from './simulation/crowd.ts'
export type { ProxmoxWorld, SimulatedGuest, SimulatedNode, SimulatedStorage } from './simulation/world.ts'

/** Proxmox VE clusters, over their API. */
export default defineService({
  name: 'proxmox',
  title: 'Proxmox VE',
  description: 'Proxmox VE 8 and 9: nodes, VMs and containers, storage, snapshots, backups and what lacks one.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  assets,
  rights,
  warnsOfRights: true,
  setup: () => import('./setup.ts'),
  census,
  simulate: () => import('./simulate.ts'),
  toolsets: {
    cluster: { description: 'The cluster, its nodes, storage and tasks.' },
    guests: { description: 'Virtual machines and containers: how they are, start, shut down, restart.' },
    backups: { description: 'Snapshots and backups: taken, told, audited, rolled back to.' },
  },
  tools: [
    getStatus,
    listNodes,
    getNode,
    checkNode,
    listGuests,
    getGuest,
    pingAgent,
    listStorage,
    listBackups,
    auditBackups,
    listSnapshots,
    getTask,
    startGuest,
    shutdownGuest,
    stopGuest,
    restartGuest,
    createSnapshot,
    backupGuest,
    deleteCreatedSnapshot,
    deleteCreatedBackup,
    rollbackSnapshot,
    deleteSnapshot,
  ],
})
