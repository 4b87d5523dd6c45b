import type { FacetContext, Finding, Health } from '@rackwarden/core'
import type { UptimeKumaClient } from './client.ts'
import { targetOf } from './job.ts'

/** Says its version, how many jobs run, and how old that is. */
export async function health(client: UptimeKumaClient, { signal }: FacetContext): Promise<Health> {
  const [version, jobs] = await Promise.all([client.version(signal), client.jobs(signal)])
  const running = jobs.filter(({ state }) => state === 'running').length
  return { version, evidence: `${running} of ${jobs.length} jobs running, told ${client.age()} s ago` }
}

/** Finds the jobs that failed. */
export async function findings(client: UptimeKumaClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const jobs = await client.jobs(signal)
  return jobs
    .filter(({ state }) => state === 'failed')
    .map(({ name, since }) => {
      const target = targetOf(instance, name)
      return {
        id: `${target}#failed`,
        severity: 'warning',
        target,
        title: `${name} failed`,
        evidence: 'its last run ended with an error',
        ...(since === undefined ? {} : { since }),
        next: { tool: 'list_jobs', input: { state: 'failed' } },
      }
    })
}
