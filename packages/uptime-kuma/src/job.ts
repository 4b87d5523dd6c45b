import { z } from 'zod'

/** One job, as Uptime Kuma tells of it. */
export const job = z.object({
  name: z.string(),
  state: z.enum(['running', 'stopped', 'failed']),
  since: z.string().optional(),
})

/** One job, as Uptime Kuma tells of it. */
export type Job = z.output<typeof job>

/** What Uptime Kuma says of itself. */
export const about = z.object({ version: z.string() })

/** What a pretend Uptime Kuma begins with. */
export interface UptimeKumaWorld {
  jobs: readonly Job[]
}

/** The world of a pretend Uptime Kuma that is given none. */
export const defaultWorld: UptimeKumaWorld = {
  jobs: [
    { name: 'index', state: 'running', since: '2026-06-01T06:00:00Z' },
    { name: 'thumbnails', state: 'running', since: '2026-06-01T06:00:00Z' },
    { name: 'export', state: 'stopped', since: '2026-05-30T22:10:00Z' },
  ],
}

/** The address of a job in plans and findings. */
export function targetOf(instance: string, name: string): string {
  return `${instance === 'default' ? 'uptime-kuma' : `uptime-kuma@${instance}`}/job/${name}`
}
