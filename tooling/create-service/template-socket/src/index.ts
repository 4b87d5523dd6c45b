import { defineService } from '@rackwarden/core'
import { config, connect } from './client.ts'
import { findings, health } from './facets.ts'
import { listJobs, startJob, stopJob } from './tools.ts'

export type { QuietLanternWorld } from './job.ts'

/** Quiet Lantern, over a WebSocket. */
export default defineService({
  name: 'quiet-lantern',
  title: 'Quiet Lantern',
  description: 'Quiet Lantern: its jobs, and starting and stopping them.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  tools: [listJobs, startJob, stopJob],
})
