import { z } from 'zod'

/** One job, as Quiet Lantern tells of it. */
export const job = z.object({
  name: z.string(),
  state: z.enum(['running', 'stopped', 'failed']),
  since: z.string().optional(),
})

/** One job, as Quiet Lantern tells of it. */
export type Job = z.output<typeof job>

/** What Quiet Lantern says of itself. */
export const about = z.object({ version: z.string() })

/** What a pretend Quiet Lantern begins with. */
export interface QuietLanternWorld {
  jobs: readonly Job[]
}

/** The world of a pretend Quiet Lantern that is given none. */
export const defaultWorld: QuietLanternWorld = {
  jobs: [
    { name: 'index', state: 'running', since: '2026-06-01T06:00:00Z' },
    { name: 'thumbnails', state: 'running', since: '2026-06-01T06:00:00Z' },
    { name: 'export', state: 'stopped', since: '2026-05-30T22:10:00Z' },
  ],
}

/** The address of a job in plans and findings. */
export function targetOf(instance: string, name: string): string {
  return `${instance === 'default' ? 'quiet-lantern' : `quiet-lantern@${instance}`}/job/${name}`
}
