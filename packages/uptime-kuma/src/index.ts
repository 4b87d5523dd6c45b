import { defineService } from '@rackwarden/core'
import { candidates } from './candidates.ts'
import { config, connect } from './client.ts'
import { assets, health } from './facets.ts'
import { findings } from './findings.ts'
import { createMonitor } from './tools/create-monitor.ts'
import { deleteCreatedMonitor } from './tools/delete-created-monitor.ts'
import { deleteMonitor, restoreMonitor } from './tools/delete-monitor.ts'
import { endMaintenance, resumeMaintenance } from './tools/end-maintenance.ts'
import { listHeartbeats } from './tools/heartbeats.ts'
import { getMonitor } from './tools/monitor.ts'
import { listMonitors } from './tools/monitors.ts'
import { listNotifications } from './tools/notifications.ts'
import { pauseMonitor, resumeMonitor } from './tools/pause.ts'
import { startMaintenance } from './tools/start-maintenance.ts'
import { getStatus } from './tools/status.ts'
import { removeTag, tagMonitor } from './tools/tag-monitor.ts'
import { listTags } from './tools/tags.ts'
import { updateMonitor } from './tools/update-monitor.ts'
import { watchers } from './watchers.ts'

export type { SimulatedMaintenance, SimulatedMonitor, UptimeKumaWorld } from './simulation/world.ts'

/** Uptime Kuma, by the client library of its own protocol, socket.io. */
export default defineService({
  name: 'uptime-kuma',
  title: 'Uptime Kuma',
  description: 'Uptime Kuma: what is down, its monitors, checks, tags, notifications and windows of maintenance.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  assets,
  watchers,
  candidates: (environment, signal) => candidates(environment, signal),
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  toolsets: {
    monitors: { description: 'Monitors: how they are and were, pause and resume.' },
    maintenance: { description: 'Maintenance windows.' },
    setup: { description: 'Create, change, tag and delete monitors.' },
  },
  tools: [
    getStatus,
    listMonitors,
    getMonitor,
    listHeartbeats,
    listTags,
    listNotifications,
    pauseMonitor,
    resumeMonitor,
    startMaintenance,
    endMaintenance,
    resumeMaintenance,
    createMonitor,
    deleteCreatedMonitor,
    updateMonitor,
    tagMonitor,
    removeTag,
    deleteMonitor,
    restoreMonitor,
  ],
})
