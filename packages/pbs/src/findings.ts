import type { FacetContext, Finding } from '@rackwarden/core'
import { backupFindings } from './backup-findings.ts'
import type { PbsClient } from './client.ts'
import { jobFindings } from './job-findings.ts'
import { storeFindings } from './store-findings.ts'

/** Finds what keeps backups from being there, and whole, when they are needed. */
export async function findings(client: PbsClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  // The time on the server's own clock, to hold everything to.
  await client.version(signal)
  const context = { client, instance, signal, now: client.now() }
  const parts = await Promise.all([storeFindings(context), backupFindings(context), jobFindings(context)])
  return parts.flat()
}
