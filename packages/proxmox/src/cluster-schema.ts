import { z } from 'zod'
import { count, flag, number, text, unread } from './values.ts'

/** `GET /version`. */
export const version = z.object({ version: z.string(), release: z.string() })

/** One row of `GET /cluster/resources`, as far as it is used. */
export const resource = z.object({
  id: z.string(),
  type: z.string(),
  name: unread,
  node: unread,
  status: unread,
  vmid: unread,
  storage: unread,
  plugintype: unread,
  content: unread,
  shared: unread,
  pool: unread,
  tags: unread,
  template: unread,
  lock: unread,
  hastate: unread,
  uptime: unread,
  cpu: unread,
  maxcpu: unread,
  mem: unread,
  maxmem: unread,
  disk: unread,
  maxdisk: unread,
})
export type Resource = z.output<typeof resource>

/** One row of `GET /cluster/status`. */
export const clusterMember = z.object({
  type: z.string(),
  name: z.string(),
  online: flag,
  quorate: flag,
  ip: text,
  local: flag,
  nodes: number,
})
export type ClusterMember = z.output<typeof clusterMember>

/** `GET /access/permissions`: privileges by path, each with whether it holds below that, too. */
export const permissions = z.record(z.string(), z.record(z.string(), flag))
export type Permissions = z.output<typeof permissions>

/** One row of `GET /cluster/ha/resources`. */
export const haResource = z.object({ sid: z.string(), state: text, group: text })
/** One row of `GET /cluster/ha/rules`. */
export const haRule = z.object({ rule: z.string(), type: z.string(), resources: text, nodes: text, disable: flag })
/** One row of `GET /cluster/ha/status/current`. */
export const haStatus = z.object({ id: z.string(), type: z.string(), sid: text, node: text, state: text, status: text })

/** One row of `GET /cluster/replication`. */
export const replicationJob = z.object({
  id: z.string(),
  guest: count,
  source: text,
  target: z.string(),
  schedule: text,
  disable: flag,
})
export type ReplicationJob = z.output<typeof replicationJob>

/** One row of `GET /nodes/{node}/replication`. */
export const replicationStatus = z.object({
  id: z.string(),
  guest: count,
  target: z.string(),
  last_sync: number,
  fail_count: number,
  error: text,
})
export type ReplicationStatus = z.output<typeof replicationStatus>

/** One row of `GET /cluster/backup`. */
export const backupJob = z.object({
  id: z.string(),
  // What is not said is so: a job is enabled unless it is not.
  enabled: z
    .union([z.boolean(), z.number(), z.string()])
    .nullish()
    .transform((value) => value === null || value === undefined || value === true || value === 1 || value === '1'),
  all: flag,
  vmid: text,
  exclude: text,
  pool: text,
  node: text,
  storage: text,
  schedule: text,
})

/** One row of `GET /cluster/backup-info/not-backed-up`. */
export const uncovered = z.object({ vmid: count })

/** `GET /cluster/ceph/status`, as far as it is used. */
export const ceph = z.object({
  health: z.object({
    status: z.string(),
    checks: z.record(z.string(), z.object({ severity: z.string(), summary: z.object({ message: z.string() }) })).nullish(),
  }),
})
export type Ceph = z.output<typeof ceph>
