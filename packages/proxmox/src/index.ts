import { defineService } from '@rackwarden/core'
import { census } from './census.ts'
import { config, connect } from './client.ts'
import { assets, health } from './facets.ts'
import { findings } from './findings.ts'
import { backups } from './kept-backups.ts'
import { rights } from './rights.ts'
import { task } from './task-state.ts'
import { pingAgent } from './tools/agent.ts'
import { backupGuest, deleteCreatedBackup } from './tools/backup-guest.ts'
import { listBackups } from './tools/backups.ts'
import { cloneGuest } from './tools/clone-guest.ts'
import { createGuest } from './tools/create-guest.ts'
import { createSnapshot, deleteCreatedSnapshot, deleteSnapshot, rollbackSnapshot } from './tools/change-snapshots.ts'
import { deleteCreatedGuest } from './tools/delete-created-guest.ts'
import { deleteGuest } from './tools/delete-guest.ts'
import { execGuest } from './tools/exec-guest.ts'
import { getGuest } from './tools/guest.ts'
import { listGuests } from './tools/guests.ts'
import { migrateGuest } from './tools/migrate-guest.ts'
import { checkNode, getNode } from './tools/node.ts'
import { listNodes } from './tools/nodes.ts'
import { restartGuest, shutdownGuest, startGuest, stopGuest } from './tools/power.ts'
import { resizeDisk } from './tools/resize-disk.ts'
import { restoreGuest } from './tools/restore-guest.ts'
import { rollbackGuest } from './tools/rollback-guest.ts'
import { listSnapshots } from './tools/snapshots.ts'
import { getStatus } from './tools/status.ts'
import { listStorage } from './tools/storage.ts'
import { getTask } from './tools/task.ts'
import { listTemplates } from './tools/templates.ts'
import { updateGuest, updateGuestConfig } from './tools/update-guest.ts'
import { wayBack } from './way-back.ts'

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
  assetsAreBackedUp: true,
  backups,
  wayBack,
  task,
  rights,
  warnsOfRights: true,
  setup: () => import('./setup.ts'),
  census,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  toolsets: {
    cluster: { description: 'The cluster, its nodes, storage and tasks.' },
    guests: { description: 'Virtual machines and containers: how they are, start, shut down, restart.' },
    backups: { description: 'Snapshots and backups: taken, told, rolled back to, restored.' },
    lifecycle: { description: 'Guests made, cloned, changed, moved, deleted; commands run in them.' },
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
    listTemplates,
    updateGuest,
    updateGuestConfig,
    createGuest,
    cloneGuest,
    restoreGuest,
    deleteCreatedGuest,
    migrateGuest,
    resizeDisk,
    rollbackGuest,
    deleteGuest,
    execGuest,
  ],
})
