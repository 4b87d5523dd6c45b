import { z } from 'zod'

// Go writes an empty list or map as null; both are read as nothing.
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
const mapOf = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string(), value)
    .nullish()
    .transform((map) => map ?? {})
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)

const endpoint = z.object({
  Aliases: listOf(z.string()),
  DNSNames: listOf(z.string()),
  IPAddress: text,
  GlobalIPv6Address: text,
  MacAddress: text,
})

const mount = z.object({ Type: text, Name: text, Source: text, Destination: text, RW: z.boolean().optional() })

/** One row of `GET /containers/json`, as far as it is used. */
export const containerSummary = z.object({
  Id: z.string(),
  Names: listOf(z.string()),
  Image: text,
  ImageID: text,
  State: text,
  Status: text,
  Labels: mapOf(z.string()),
  HostConfig: z.object({ NetworkMode: text }).optional(),
  NetworkSettings: z.object({ Networks: mapOf(endpoint) }).optional(),
  Mounts: listOf(mount),
  Ports: listOf(z.object({ PublicPort: z.number().nullish(), Type: text })),
  Health: z.object({ Status: text }).nullish(),
})
export type ContainerSummary = z.output<typeof containerSummary>

const probe = z.object({ Start: text, ExitCode: number, Output: text })

/** `GET /containers/{id}/json`, as far as it is used. */
export const containerDetail = z.object({
  Id: z.string(),
  Name: text,
  Created: text,
  Path: text,
  Args: listOf(z.string()),
  Image: text,
  RestartCount: number,
  State: z.object({
    Status: text,
    OOMKilled: z.boolean().optional(),
    ExitCode: number,
    Error: text,
    StartedAt: text,
    FinishedAt: text,
    Health: z.object({ Status: text, FailingStreak: number, Log: listOf(probe) }).nullish(),
  }),
  HostConfig: z.object({
    NetworkMode: text,
    Memory: number,
    AutoRemove: z.boolean().nullish(),
    RestartPolicy: z.object({ Name: text, MaximumRetryCount: number }).nullish(),
  }),
  Mounts: listOf(mount),
  Config: z.object({
    Hostname: text,
    Image: text,
    Tty: z.boolean().optional(),
    Env: listOf(z.string()),
    Labels: mapOf(z.string()),
    StopTimeout: z.number().nullish(),
    Healthcheck: z.object({ Test: listOf(z.string()) }).nullish(),
  }),
  NetworkSettings: z.object({
    Ports: mapOf(z.array(z.object({ HostIp: text, HostPort: text })).nullable()),
    Networks: mapOf(endpoint),
  }),
})
export type ContainerDetail = z.output<typeof containerDetail>

const cpu = z.object({
  cpu_usage: z.object({ total_usage: number, percpu_usage: listOf(z.number()) }).nullish(),
  system_cpu_usage: number,
  online_cpus: number,
})

/** `GET /containers/{id}/stats`, as far as it is used. */
export const containerStats = z.object({
  cpu_stats: cpu.nullish(),
  precpu_stats: cpu.nullish(),
  memory_stats: z.object({ usage: number, limit: number, stats: mapOf(z.number().nullable()) }).nullish(),
  networks: mapOf(z.object({ rx_bytes: number, tx_bytes: number })),
  pids_stats: z.object({ current: number }).nullish(),
})
export type ContainerStats = z.output<typeof containerStats>

/** One row of `GET /images/json`, as far as it is used. */
export const imageSummary = z.object({
  Id: z.string(),
  RepoTags: listOf(z.string()),
  RepoDigests: listOf(z.string()),
  Created: number,
  Size: number,
})

const volume = z.object({
  Name: z.string(),
  Driver: text,
  CreatedAt: text,
  Labels: mapOf(z.string()),
  Options: mapOf(z.string()),
  UsageData: z.object({ Size: number }).nullish(),
})

/** `GET /volumes`, as far as it is used. */
export const volumeList = z.object({ Volumes: listOf(volume) })

/** `GET /system/df` for volumes: engines before API 1.52 answer with a bare list. */
export const volumeUsage = z.object({ Volumes: listOf(volume), VolumeUsage: z.object({ Items: listOf(volume) }).nullish() })

const cached = z.object({ ID: z.string(), Type: text, Description: text, InUse: z.boolean().nullish(), Size: number })

/** `GET /system/df` for the build cache: engines before API 1.52 answer with a bare list. */
export const buildCacheUsage = z.object({ BuildCache: listOf(cached), BuildCacheUsage: z.object({ Items: listOf(cached) }).nullish() })

const imageConfig = z.looseObject({})

/** `GET /images/{name}/json`, as far as it is used. */
export const imageDetail = z.object({ Id: z.string(), RepoTags: listOf(z.string()), Config: imageConfig.nullish() })
export type ImageDetail = z.output<typeof imageDetail>

/** `GET /containers/{id}/json` with every field there is, as the engine wrote it. */
export const wholeContainer = z.object({
  Id: z.string(),
  Name: text,
  Image: text,
  Config: z.looseObject({ Image: text }),
  HostConfig: z.looseObject({ NetworkMode: text }),
  Mounts: listOf(z.looseObject({ Type: text, Name: text, Destination: text, RW: z.boolean().nullish() })),
  NetworkSettings: z.object({ Networks: mapOf(z.looseObject({ NetworkID: text })) }),
})
export type WholeContainer = z.output<typeof wholeContainer>

/** `GET /exec/{id}/json`, as far as it is used. */
export const execDetail = z.object({ Running: z.boolean().nullish(), ExitCode: z.number().nullish() })

/** One row of `GET /networks`, as far as it is used. */
export const networkSummary = z.object({
  Id: z.string(),
  Name: z.string(),
  Driver: text,
  Scope: text,
  Internal: z.boolean().optional(),
  Ingress: z.boolean().nullish(),
  IPAM: z.object({ Config: listOf(z.object({ Subnet: text, Gateway: text })) }).nullish(),
})

/** `GET /info`, as far as it is used. */
export const systemInfo = z.object({
  Name: text,
  ServerVersion: text,
  OperatingSystem: text,
  NCPU: number,
  MemTotal: number,
})
