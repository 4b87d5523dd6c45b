import { backupKinds } from '@rackwarden/core'
import { z } from 'zod'

/** What every answer is wrapped in. */
export const wrapped = <Data extends z.ZodType>(data: Data) => z.object({ data })

export const version = z.object({ version: z.string(), release: z.string().optional() })

export const datastores = z.array(
  z.object({ store: z.string(), comment: z.string().nullish(), maintenance: z.string().nullish(), 'mount-status': z.string().optional() }),
)

const usage = z.object({
  store: z.string(),
  total: z.number().nullish(),
  used: z.number().nullish(),
  avail: z.number().nullish(),
  error: z.string().nullish(),
  history: z.array(z.number().nullable()).nullish(),
  'history-start': z.number().nullish(),
  'history-delta': z.number().nullish(),
  'gc-status': z.object({ 'index-data-bytes': z.number().optional(), 'disk-bytes': z.number().optional() }).nullish(),
})

/** How full a datastore is, and was. */
export type Usage = z.output<typeof usage>
export const usages = z.array(usage)

const collection = z.object({
  store: z.string(),
  upid: z.string().nullish(),
  schedule: z.string().nullish(),
  'last-run-endtime': z.number().nullish(),
  'last-run-state': z.string().nullish(),
  'next-run': z.number().nullish(),
  'pending-bytes': z.number().optional(),
  'removed-bytes': z.number().optional(),
  'disk-bytes': z.number().optional(),
})

/** How the garbage collection of a datastore stands. */
export type Collection = z.output<typeof collection>
export const collections = z.array(collection)

export const namespaces = z.array(z.object({ ns: z.string() }))

const group = z.object({
  'backup-type': z.enum(backupKinds),
  'backup-id': z.string(),
  'backup-count': z.number(),
  'last-backup': z.number(),
  owner: z.string().nullish(),
  comment: z.string().nullish(),
  files: z.array(z.unknown()).optional(),
})
export const groups = z.array(group)

const snapshot = z.object({
  'backup-type': z.enum(backupKinds),
  'backup-id': z.string(),
  'backup-time': z.number(),
  size: z.number().nullish(),
  owner: z.string().nullish(),
  comment: z.string().nullish(),
  protected: z.boolean(),
  verification: z.object({ state: z.string(), upid: z.string() }).nullish(),
})
export const snapshots = z.array(snapshot)

export const pruned = z.array(
  z.object({ 'backup-type': z.enum(backupKinds), 'backup-id': z.string(), 'backup-time': z.number(), keep: z.boolean() }),
)

const job = z.object({
  id: z.string(),
  store: z.string(),
  ns: z.string().nullish(),
  schedule: z.string().nullish(),
  comment: z.string().nullish(),
  disable: z.boolean().nullish(),
  'last-run-endtime': z.number().nullish(),
  'last-run-state': z.string().nullish(),
  'last-run-upid': z.string().nullish(),
  'next-run': z.number().nullish(),
})

/** A scheduled job, and how it went the last time. */
export type Job = z.output<typeof job>
export const jobs = z.array(job)

const keeps = z.number().nullish()
const pruneJob = job.extend({
  'keep-last': keeps,
  'keep-hourly': keeps,
  'keep-daily': keeps,
  'keep-weekly': keeps,
  'keep-monthly': keeps,
  'keep-yearly': keeps,
})
export const pruneJobs = z.array(pruneJob)

const syncJob = job.extend({
  remote: z.string().nullish(),
  'remote-store': z.string(),
  'remote-ns': z.string().nullish(),
  'sync-direction': z.string().nullish(),
  'remove-vanished': z.boolean().nullish(),
})

export const syncJobs = z.array(syncJob)

const task = z.object({
  upid: z.string(),
  worker_type: z.string(),
  worker_id: z.string().nullish(),
  user: z.string(),
  starttime: z.number(),
  endtime: z.number().nullish(),
  status: z.string().nullish(),
})

/** A task, as lists tell of it. */
export type Task = z.output<typeof task>
export const tasks = z.array(task)

export const taskStatus = z.object({ status: z.string(), exitstatus: z.string().nullish() })
export const taskLog = z.object({ data: z.array(z.object({ n: z.number(), t: z.string() })), total: z.number() })

export const nodeStatus = z.object({ uptime: z.number() })
export const permissions = z.record(z.string(), z.record(z.string(), z.boolean()))
/** The id of the task a request began. */
export const begun = z.string()
