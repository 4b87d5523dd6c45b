import { defineService } from '@rackwarden/core'
import { config, connect } from './client.ts'
import { backups } from './copies.ts'
import { assets, census, health } from './facets.ts'
import { findings } from './findings.ts'
import { rights } from './rights.ts'
import { listBackups } from './tools/backups.ts'
import { getVerifyCoverage } from './tools/coverage.ts'
import { listDatastores } from './tools/datastores.ts'
import { deleteBackup } from './tools/delete.ts'
import { auditFreshness } from './tools/freshness.ts'
import { runGarbageCollection } from './tools/garbage.ts'
import { listJobs } from './tools/jobs.ts'
import { protectBackup } from './tools/protect.ts'
import { pruneBackups } from './tools/prune.ts'
import { task } from './task-state.ts'
import { getStatus } from './tools/status.ts'
import { runSync } from './tools/sync.ts'
import { getTask, listTasks } from './tools/tasks.ts'
import { runVerify } from './tools/verify.ts'

export type { PbsWorld } from './simulation/world.ts'

/** Proxmox Backup Server, over its API. */
export default defineService({
  name: 'pbs',
  title: 'Proxmox Backup Server',
  description: 'Proxmox Backup Server: datastores, backups, their freshness and verification, jobs, pruning.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  assets,
  census,
  backups,
  task,
  rights,
  pitfalls: () => import('./pitfalls.ts'),
  warnsOfRights: true,
  setup: () => import('./setup.ts'),
  simulate: () => import('./simulate.ts'),
  tools: [
    getStatus,
    listDatastores,
    listBackups,
    listTasks,
    getTask,
    listJobs,
    auditFreshness,
    getVerifyCoverage,
    protectBackup,
    runVerify,
    runSync,
    runGarbageCollection,
    pruneBackups,
    deleteBackup,
  ],
})
