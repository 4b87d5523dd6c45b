import { defineService } from '@rackwarden/core'
import { config, connect, open } from './client.ts'
import { findings, health } from './facets.ts'
import { listJobs, startJob, stopJob } from './tools.ts'

export type { QuietLanternWorld } from './job.ts'

/** Quiet Lantern, by its program on this machine or over SSH. */
export default defineService({
  name: 'quiet-lantern',
  title: 'Quiet Lantern',
  description: 'Quiet Lantern: its jobs, and starting and stopping them.',
  instances: 'many',
  config,
  open,
  connect,
  health,
  findings,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  tools: [listJobs, startJob, stopJob],
})
