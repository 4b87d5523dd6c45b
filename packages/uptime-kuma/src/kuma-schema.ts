import { z } from 'zod'

// The database behind it has no booleans, and tells of some as numbers.
const flag = z.union([z.boolean(), z.number()]).nullish().transform(Boolean)
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const count = z.coerce.number().nullish()

/** A tag a monitor bears. */
const monitorTag = z.object({ tag_id: z.number(), name: z.string(), color: text, value: text })

/** One monitor, without what could be secret: what is kept of it is what is shown of it. */
export const monitor = z.object({
  id: z.number(),
  name: z.string(),
  type: z.string(),
  /** False where it, or a group above it, is paused. */
  active: flag,
  /** True where a group above it is paused. */
  forceInactive: flag,
  maintenance: flag,
  parent: z.number().nullish(),
  description: text,
  url: text,
  hostname: text,
  port: count,
  keyword: text,
  jsonPath: text,
  expectedValue: text,
  docker_container: text,
  dns_resolve_type: text,
  dns_resolve_server: text,
  interval: count,
  maxretries: count,
  tags: z.array(monitorTag).nullish(),
  notificationIDList: z.record(z.string(), z.unknown()).nullish(),
})
export type Monitor = z.output<typeof monitor>

/** A monitor with every field there is, its secrets among them: read to be changed and written back. */
export const bean = z.looseObject({ id: z.number(), name: z.string(), type: z.string() })
export type Bean = z.output<typeof bean>

const longestMessage = 200

/** One check of a monitor: a row of the database (`important: 1`) and an event (`important: true`) alike. */
export const beat = z.object({
  status: z.number(),
  time: z.string().transform(isoTime),
  msg: text.transform((said) => said.replaceAll(/\s+/g, ' ').trim().slice(0, longestMessage)),
  ping: z.number().nullish(),
  important: flag,
  monitorID: z.number().nullish(),
  monitor_id: z.number().nullish(),
})
export type Beat = Pick<z.output<typeof beat>, 'status' | 'time' | 'msg' | 'ping' | 'important'>

/** Where it notifies; of its configuration, a JSON text full of secrets, the type alone is kept. */
export const notification = z.object({
  id: z.number(),
  name: text,
  active: flag,
  isDefault: flag,
  config: z
    .string()
    .nullish()
    .transform((json) => /"type"\s*:\s*"([\w.-]{1,40})"/.exec(json ?? '')?.[1] ?? ''),
})
export type Notification = z.output<typeof notification>

/** A window in which what fails is no trouble. */
export const maintenance = z.object({
  id: z.number(),
  title: text,
  strategy: text,
  active: flag,
  status: text,
  dateRange: z.array(z.string().nullish()).nullish(),
  timezone: z.string().nullish(),
})
export type Maintenance = z.output<typeof maintenance>

/** A Docker engine it can ask. */
export const dockerHost = z.object({ id: z.number(), name: text })
export type DockerHost = z.output<typeof dockerHost>

/** What it saw of a certificate, told as JSON text. */
export const certificate = z.object({
  valid: z.boolean().nullish(),
  certInfo: z.object({ daysRemaining: z.number().nullish() }).nullish(),
})

/** A tag as it is kept, whether a monitor bears it or not. */
export const tag = z.object({ id: z.number(), name: z.string(), color: text })
export type Tag = z.output<typeof tag>

/** Its times are UTC and do not say so. */
export function isoTime(time: string): string {
  const iso = time.replace(' ', 'T').replace(/\.\d+/, '')
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`
}
