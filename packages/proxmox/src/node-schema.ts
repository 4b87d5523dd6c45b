import { z } from 'zod'
import { count, number, text, unread } from './values.ts'

const used = z.object({ used: number, total: number })

/** `GET /nodes/{node}/status`, as far as it is used. */
export const nodeStatus = z.object({
  uptime: number,
  cpu: number,
  loadavg: z.array(z.union([z.string(), z.number()]).transform(Number)),
  memory: used,
  rootfs: used,
  pveversion: text,
  cpuinfo: z.object({ cpus: number, sockets: number, model: text }),
  'current-kernel': z.object({ release: text }).optional(),
})
export type NodeStatus = z.output<typeof nodeStatus>

/** `GET /nodes/{node}/time`. */
export const nodeTime = z.object({ time: count, timezone: text })

/** One row of `GET /nodes/{node}/services`. */
export const unit = z.object({
  service: z.string(),
  name: text,
  desc: text,
  state: text,
  'active-state': text,
  'unit-state': text,
})
export type Unit = z.output<typeof unit>

/** One row of `GET /nodes/{node}/disks/list`. */
export const disk = z.object({
  devpath: z.string(),
  model: text,
  serial: text,
  type: text,
  size: number,
  health: text,
  // What is left of it in percent; 'N/A' where it does not tell.
  wearout: number,
  used: text,
})
export type Disk = z.output<typeof disk>

/** One row of `GET /nodes/{node}/apt/update`. */
export const update = z.object({ Package: z.string(), Version: text, OldVersion: text, Origin: text, Section: text })
export type Update = z.output<typeof update>

/** One row of `GET /nodes/{node}/apt/versions`. */
export const installed = z.object({ Package: z.string(), CurrentState: text, RunningKernel: text })
export type Installed = z.output<typeof installed>

/** One row of `GET /nodes/{node}/certificates/info`. */
export const certificate = z.object({ filename: text, subject: text, notafter: number, fingerprint: text })
export type Certificate = z.output<typeof certificate>

/** One row of `GET /nodes/{node}/storage/{storage}/content`. */
export const volume = z.object({
  volid: z.string(),
  vmid: unread,
  ctime: unread,
  size: unread,
  notes: unread,
  protected: unread,
  verification: z.object({ state: unread }).nullish(),
})
export type Volume = z.output<typeof volume>

/** One row of `GET /nodes/{node}/storage/{storage}/rrddata`. */
export const storagePoint = z.object({ time: count, total: number, used: number })
export type StoragePoint = z.output<typeof storagePoint>

/** One row of `GET /nodes/{node}/tasks`. */
export const taskRow = z.object({
  upid: z.string(),
  node: z.string(),
  type: z.string(),
  id: text,
  user: z.string(),
  starttime: count,
  endtime: number,
  status: text,
})
export type TaskRow = z.output<typeof taskRow>

/** `GET /nodes/{node}/tasks/{upid}/status`. */
export const taskStatus = z.object({
  status: z.string(),
  exitstatus: text,
  type: z.string(),
  id: text,
  user: z.string(),
  starttime: count,
})
export type TaskStatus = z.output<typeof taskStatus>

/** One line of `GET /nodes/{node}/tasks/{upid}/log`. */
export const logLine = z.object({ n: count, t: text })
