import { defineService } from '@rackwarden/core'
import { config, connect } from './client.ts'
import { findings, health } from './facets.ts'
import { listJobs, startJob, stopJob } from './tools.ts'

export type { UptimeKumaWorld } from './job.ts'

/** Uptime Kuma, by the client library of its own protocol, socket.io. */
export default defineService({
  name: 'uptime-kuma',
  title: 'Uptime Kuma',
  description: 'Uptime Kuma: its jobs, and starting and stopping them.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  simulate: () => import('./simulate.ts'),
  tools: [listJobs, startJob, stopJob],
})
